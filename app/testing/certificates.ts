import 'reflect-metadata';
import {webcrypto} from 'node:crypto';
import * as x509 from '@peculiar/x509';

/** A certificate for one host name, and the authority that vouches for it; PEM. */
export interface TestCertificate {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

const algorithm = {name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256'};
const dayMs = 86_400_000;

/** Whoever is to trust two authorities tells them by their names. */
export async function createCertificate(host: string, authority = 'Test authority'): Promise<TestCertificate> {
  const valid = {
    notBefore: new Date(Date.now() - dayMs),
    notAfter: new Date(Date.now() + dayMs),
    signingAlgorithm: algorithm,
  };
  const [caKeys, keys] = await Promise.all([generate(), generate()]);
  const ca = await x509.X509CertificateGenerator.createSelfSigned({
    ...valid,
    name: `CN=${authority}`,
    keys: caKeys,
    extensions: [new x509.BasicConstraintsExtension(true)],
  });
  const cert = await x509.X509CertificateGenerator.create({
    ...valid,
    subject: `CN=${host}`,
    issuer: ca.subject,
    publicKey: keys.publicKey,
    signingKey: caKeys.privateKey,
    extensions: [new x509.SubjectAlternativeNameExtension([{type: 'dns', value: host}])],
  });
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey));
  return {ca: ca.toString('pem'), cert: cert.toString('pem'), key: x509.PemConverter.encode(pkcs8, 'PRIVATE KEY')};
}

function generate() {
  return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
}
