import {createHash} from 'node:crypto';
import {SignJWT} from 'jose';
import type {DerivedKeys} from './keyring.ts';
import type {Binding} from './mac.ts';

/** What a receipt says. Instants in ms since 1970. */
export interface ReceiptClaims {
  readonly issuer: string;
  /** Audience: the client that asked. */
  readonly client: string;
  /** The recipient's pseudonym under this client and policy. */
  readonly recipientTag: string;
  /** `jti`: a receipt is for one approval. */
  readonly verificationId: string;
  /** `purpose`. */
  readonly policy: string;
  readonly binding?: Binding;
  readonly approvedAt: number;
  readonly lifetimeSeconds: number;
}

/**
 * A JWT (RFC 7519, EdDSA) that says that a code was approved; anybody can verify it with the keys of
 * `/.well-known/jwks.json`. The same approval always gives the same receipt.
 */
export async function issueReceipt(keys: DerivedKeys, claims: ReceiptClaims): Promise<string> {
  const issuedAt = Math.floor(claims.approvedAt / 1000);
  return new SignJWT({
    purpose: claims.policy,
    ...(claims.binding === undefined ? {} : {binding_hash: bindingHash(claims.binding)}),
  })
    .setProtectedHeader({alg: 'EdDSA', kid: keys.receipt.kid, typ: 'JWT'})
    .setIssuer(claims.issuer)
    .setAudience(claims.client)
    .setSubject(claims.recipientTag)
    .setJti(claims.verificationId)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + claims.lifetimeSeconds)
    .sign(keys.receipt.privateKey);
}

/** SHA-256 in base64url over the binding as JSON without white space, members in code-unit order (RFC 8785 for strings). */
export function bindingHash(binding: Binding): string {
  const sorted = Object.fromEntries(Object.entries(binding).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  return createHash('sha256').update(JSON.stringify(sorted)).digest('base64url');
}
