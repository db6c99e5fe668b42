import {createPrivateKey, X509Certificate} from 'node:crypto';
import {createSecureContext} from 'node:tls';

/** A certificate with the chain behind it, leaf first, and the leaf's private key; PEM. */
export interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

/** Where a key pair lies; PEM files. */
export interface KeyPairFiles {
  readonly certFile: string;
  readonly keyFile: string;
}

/** What the service's listeners speak (RFC 9325 §3.1.1: nothing older than TLS 1.2). */
export const listenerTls = {minVersion: 'TLSv1.2'} as const;

/**
 * Why a listener could not serve with this pair, as a sentence that names both files and no key; undefined if it could.
 * `prefix`: of the settings' names.
 */
export function keyPairProblem(
  {cert, key}: KeyPair,
  {certFile, keyFile}: KeyPairFiles,
  prefix: '' | 'PEER_' = '',
): string | undefined {
  const [certName, keyName] = [`${prefix}TLS_CERT_FILE`, `${prefix}TLS_KEY_FILE`];
  const certificate = attempt(() => new X509Certificate(cert));
  if (certificate === undefined) return `${certName}: ${certFile} holds no certificate in PEM`;
  const privateKey = attempt(() => createPrivateKey(key));
  if (privateKey === undefined) return `${keyName}: ${keyFile} holds no private key in PEM without a passphrase`;
  if (!certificate.checkPrivateKey(privateKey))
    return `${keyName}: the key in ${keyFile} does not belong to the certificate in ${certName}, ${certFile}`;
  if (attempt(() => createSecureContext({cert, key, ...listenerTls})) === undefined)
    return `${certName}, ${keyName}: OpenSSL does not serve with ${certFile} and ${keyFile}: the chain is broken or the key is too weak`;
  return undefined;
}

function attempt<T>(parse: () => T): T | undefined {
  try {
    return parse();
  } catch {
    return undefined;
  }
}
