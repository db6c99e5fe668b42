import 'reflect-metadata';
import {webcrypto} from 'node:crypto';
import * as x509 from '@peculiar/x509';

const dayMs = 24 * 60 * 60 * 1000;
const authorityDays = 3650;
// 825: the longest that common TLS clients accept of a private authority.
const certificateDays = 825;
const algorithm = {name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256'};

export interface Authority {
  readonly certificatePem: string;
  readonly keyPem: string;
}

/** A private certificate authority, valid for ten years. */
export async function makeAuthority(commonName: string): Promise<Authority> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: `CN=${commonName}`,
    ...validity(authorityDays),
    signingAlgorithm: algorithm,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return {certificatePem: certificate.toString('pem'), keyPem: await privatePem(keys.privateKey)};
}

/** A certificate for these DNS names, for servers and (Redis replicas are both) clients; keys as in a TLS Secret. */
export async function makeCertificate(authority: Authority, dnsNames: readonly string[]) {
  const issuer = new x509.X509Certificate(authority.certificatePem);
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.create({
    subject: `CN=${dnsNames[0]}`,
    issuer: issuer.subject,
    ...validity(certificateDays),
    signingAlgorithm: algorithm,
    publicKey: keys.publicKey,
    signingKey: await importPrivate(authority.keyPem),
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth, x509.ExtendedKeyUsage.clientAuth]),
      new x509.SubjectAlternativeNameExtension(dnsNames.map((value) => ({type: 'dns', value}))),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(issuer),
    ],
  });
  return {
    'ca.crt': authority.certificatePem,
    'tls.crt': certificate.toString('pem'),
    'tls.key': await privatePem(keys.privateKey),
  };
}

// An hour of grace for clocks that are behind.
const validity = (days: number) => ({
  notBefore: new Date(Date.now() - 3_600_000),
  notAfter: new Date(Date.now() + days * dayMs),
});

async function privatePem(key: webcrypto.CryptoKey): Promise<string> {
  return x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY');
}

async function importPrivate(pem: string) {
  const [der] = x509.PemConverter.decode(pem);
  if (der === undefined) throw new Error('the certificate authority has no private key');
  return webcrypto.subtle.importKey('pkcs8', der, algorithm, false, ['sign']);
}
