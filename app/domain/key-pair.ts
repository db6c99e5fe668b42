import {createPrivateKey, createPublicKey, type KeyObject} from 'node:crypto';
import type {JWK} from 'jose';

/** A private key and what everybody may know of it. */
export interface KeyPair {
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicJwk: JWK;
}

/** PKCS #8 around the 32 bytes of a private key (RFC 8410 §7), by curve. */
const pkcs8Prefix = {
  Ed25519: Buffer.from('302e020100300506032b657004220420', 'hex'),
  X25519: Buffer.from('302e020100300506032b656e04220420', 'hex'),
} as const;

/** The key pair of a secret of 32 bytes: whoever has the secret has the same pair, so that nothing else is to be kept. */
export function keyPairOf(curve: keyof typeof pkcs8Prefix, kid: string, secret: Buffer): KeyPair {
  const privateKey = createPrivateKey({key: Buffer.concat([pkcs8Prefix[curve], secret]), format: 'der', type: 'pkcs8'});
  const jwk = createPublicKey(privateKey).export({format: 'jwk'}) as JWK;
  const purpose = curve === 'Ed25519' ? {use: 'sig', alg: 'EdDSA'} : {use: 'enc', alg: 'ECDH-ES'};
  return {kid, privateKey, publicJwk: {...jwk, kid, ...purpose}};
}
