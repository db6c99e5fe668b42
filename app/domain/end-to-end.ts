import {createPublicKey, type JsonWebKey, type KeyObject} from 'node:crypto';
import {CompactEncrypt, compactDecrypt, type JWK} from 'jose';
import type {Keyring} from './keyring.ts';

/** Codes on their way through proxies and logs: JWE (RFC 7516) with ECDH-ES and A256GCM, and nothing else. */

const algorithm = 'ECDH-ES';
const encryption = 'A256GCM';
/** Members of a header that would make the reader fetch, trust or inflate something. */
const refusedHeaders = ['jku', 'jwk', 'x5u', 'x5c', 'x5t', 'zip', 'crit'];
const maxSealedLength = 2048;

/** A public key that codes are sealed for. */
export interface EncryptionKey {
  readonly key: KeyObject;
  /** The name that its owner gave it. */
  readonly kid?: string;
}

/** Reads a public key (JWK); undefined if it is not one that codes can be sealed for (X25519, P-256, P-384, P-521). */
export function readEncryptionKey({kty, crv, x, y, kid}: JWK): EncryptionKey | undefined {
  if (!(kty === 'OKP' && crv === 'X25519') && !(kty === 'EC' && ['P-256', 'P-384', 'P-521'].includes(crv ?? '')))
    return undefined;
  try {
    // Only what makes the key: whatever else a JWK may hold is not looked at.
    const key = createPublicKey({key: {kty, crv, x, ...(kty === 'EC' ? {y} : {})} as JsonWebKey, format: 'jwk'});
    return {key, ...(kid === undefined ? {} : {kid})};
  } catch {
    return undefined;
  }
}

/** Seals a code for a client's key, together with the id that it belongs to. */
export async function sealForClient({key, kid}: EncryptionKey, id: string, code: string): Promise<string> {
  return new CompactEncrypt(Buffer.from(JSON.stringify({id, code})))
    .setProtectedHeader({alg: algorithm, enc: encryption, ...(kid === undefined ? {} : {kid})})
    .encrypt(key);
}

/** The code that a caller sealed for this service and this verification; undefined if it cannot be read as that. */
export async function openFromClient(keyring: Keyring, id: string, sealedCode: string): Promise<string | undefined> {
  if (sealedCode.length > maxSealedLength) return undefined;
  try {
    const {plaintext} = await compactDecrypt(
      sealedCode,
      (header) => {
        const pair = keyring.all.find(({exchange}) => exchange.kid === header.kid);
        if (pair === undefined || refusedHeaders.some((name) => name in header)) throw new TypeError('no such key');
        return pair.exchange.privateKey;
      },
      {keyManagementAlgorithms: [algorithm], contentEncryptionAlgorithms: [encryption]},
    );
    const content: unknown = JSON.parse(Buffer.from(plaintext).toString('utf8'));
    if (typeof content !== 'object' || content === null || !('code' in content) || !('id' in content)) return undefined;
    return content.id === id && typeof content.code === 'string' && content.code.length <= 64
      ? content.code
      : undefined;
  } catch {
    return undefined;
  }
}
