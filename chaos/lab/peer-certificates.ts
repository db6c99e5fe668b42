import 'reflect-metadata';
import {webcrypto} from 'node:crypto';
import {writeFile} from 'node:fs/promises';
import path from 'node:path';
import * as x509 from '@peculiar/x509';

/** Files in PEM: what the service's replicas prove themselves to each other with. All of them hold the same. */
export interface PeerCertificates {
  readonly certFile: string;
  readonly keyFile: string;
  readonly caFile: string;
  /** The name in the certificate. */
  readonly serverName: string;
}

const ALGORITHM = {name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256'};
const DAY_MS = 86_400_000;

/** An authority and a certificate of it, made on the fly. */
export async function writePeerCertificates(directory: string, serverName = 'otp-peers'): Promise<PeerCertificates> {
  const valid = {
    notBefore: new Date(Date.now() - DAY_MS),
    notAfter: new Date(Date.now() + DAY_MS),
    signingAlgorithm: ALGORITHM,
  };
  const [authorityKeys, keys] = await Promise.all([generate(), generate()]);
  const authority = await x509.X509CertificateGenerator.createSelfSigned({
    ...valid,
    name: 'CN=Authority of the lab',
    keys: authorityKeys,
    extensions: [new x509.BasicConstraintsExtension(true)],
  });
  const certificate = await x509.X509CertificateGenerator.create({
    ...valid,
    subject: `CN=${serverName}`,
    issuer: authority.subject,
    publicKey: keys.publicKey,
    signingKey: authorityKeys.privateKey,
    extensions: [new x509.SubjectAlternativeNameExtension([{type: 'dns', value: serverName}])],
  });
  const key = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey));
  const write = async (name: string, content: string) => {
    const file = path.join(directory, name);
    await writeFile(file, content);
    return file;
  };
  return {
    certFile: await write('tls.crt', certificate.toString('pem')),
    keyFile: await write('tls.key', x509.PemConverter.encode(key, 'PRIVATE KEY')),
    caFile: await write('ca.crt', authority.toString('pem')),
    serverName,
  };
}

function generate() {
  return webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
}
