import {X509Certificate} from 'node:crypto';
import {once} from 'node:events';
import {connect, type SecureVersion} from 'node:tls';
import {describe, expect, it} from 'vitest';
import {createCertificate, type TestCertificate} from '../testing/certificates.ts';
import {httpsConnection} from '../testing/https-client.ts';
import {mountSecret} from '../testing/mounted-secret.ts';
import {startServiceProcess} from '../testing/service-process.ts';
import {until} from '../testing/until.ts';

const secretOf = ({cert, key}: TestCertificate) => ({'tls.crt': cert, 'tls.key': key});
const fingerprintOf = ({cert}: TestCertificate) => new X509Certificate(cert).fingerprint256;

describe('the listener', () => {
  it.concurrent('speaks HTTPS with the certificate of its files and takes up a renewed one, while an open connection goes on', async () => {
    const [first, second] = await Promise.all([createCertificate('localhost'), createCertificate('localhost')]);
    using secret = mountSecret(secretOf(first));
    await using service = await startServiceProcess({
      TLS_CERT_FILE: secret.path('tls.crt'),
      TLS_KEY_FILE: secret.path('tls.key'),
    });
    const url = service.url.replace('http:', 'https:');
    expect(service.output()).toContain(`"url":"${url}"`);
    using open = httpsConnection(first.ca);
    expect(await open.get(`${url}/livez`)).toMatchObject({status: 200, fingerprint256: fingerprintOf(first)});
    secret.swap(secretOf(second));
    await until('the renewal', () => service.output().includes('serving with a renewed certificate'));
    using fresh = httpsConnection(second.ca);
    expect(await fresh.get(`${url}/livez`)).toMatchObject({status: 200, fingerprint256: fingerprintOf(second)});
    const ends = new X509Certificate(second.cert).validToDate.getTime() / 1000;
    expect(await (await fetch(service.metricsUrl)).text()).toContain(
      `otp_certificate_expiry_timestamp_seconds{listener="api"} ${ends}`,
    );
    expect(await open.get(`${url}/livez`)).toMatchObject({status: 200, reused: true});
    await expect(handshake(url, second.ca, 'TLSv1.1')).rejects.toThrow(/protocol version|unsupported protocol/i);
    expect(await handshake(url, second.ca, 'TLSv1.2')).toBe('TLSv1.2');
    service.child.kill('SIGTERM');
    expect(await service.exited).toBe(0);
  });

  it.concurrent('does not start with a key of another certificate, and names both files', async () => {
    const [first, second] = await Promise.all([createCertificate('localhost'), createCertificate('localhost')]);
    using secret = mountSecret({'tls.crt': first.cert, 'tls.key': second.key});
    const [certFile, keyFile] = [secret.path('tls.crt'), secret.path('tls.key')];
    await using service = await startServiceProcess({TLS_CERT_FILE: certFile, TLS_KEY_FILE: keyFile});
    expect(await service.exited).toBe(78);
    expect(service.output()).toContain(
      `TLS_KEY_FILE: the key in ${keyFile} does not belong to the certificate in TLS_CERT_FILE, ${certFile}`,
    );
    expect(service.output()).not.toContain('PRIVATE KEY');
  });
});

/** The protocol that both sides agree on when the client knows no other than this. */
async function handshake(url: string, ca: string, version: SecureVersion): Promise<string | null> {
  const {hostname: host, port} = new URL(url);
  const ciphers = 'DEFAULT:@SECLEVEL=0';
  const socket = connect({
    host,
    port: Number(port),
    ca,
    servername: 'localhost',
    minVersion: version,
    maxVersion: version,
    ciphers,
  });
  try {
    await once(socket, 'secureConnect');
    return socket.getProtocol();
  } finally {
    socket.destroy();
  }
}
