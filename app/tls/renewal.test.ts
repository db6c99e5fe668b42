import {X509Certificate} from 'node:crypto';
import {once} from 'node:events';
import {createServer} from 'node:https';
import type {AddressInfo} from 'node:net';
import {pino} from 'pino';
import {describe, expect, it} from 'vitest';
import {createCertificate, type TestCertificate} from '../testing/certificates.ts';
import {httpsConnection} from '../testing/https-client.ts';
import {mountSecret} from '../testing/mounted-secret.ts';
import {until} from '../testing/until.ts';
import {type KeyPair, listenerTls} from './key-pair.ts';
import {followRenewals} from './renewal.ts';

const secretOf = ({cert, key}: TestCertificate) => ({'tls.crt': cert, 'tls.key': key});
const fingerprintOf = ({cert}: TestCertificate) => new X509Certificate(cert).fingerprint256;

/** An HTTPS server that follows a mounted secret; looks at it every 5 ms. */
async function serve(first: TestCertificate, current: KeyPair = {cert: first.cert, key: first.key}) {
  const secret = mountSecret(secretOf(first));
  const server = createServer({...first, ca: undefined, ...listenerTls}, (_request, response) =>
    response.end('served'),
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const lines: Record<string, unknown>[] = [];
  const renewal = followRenewals({
    files: {certFile: secret.path('tls.crt'), keyFile: secret.path('tls.key')},
    current,
    apply: (pair) => server.setSecureContext({...pair, ...listenerTls}),
    log: pino({}, {write: (line) => void lines.push(JSON.parse(line))}),
    pollMs: 5,
  });
  return {
    secret,
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    lines,
    async [Symbol.asyncDispose]() {
      await renewal.stop();
      server.closeAllConnections();
      server.close();
      secret[Symbol.dispose]();
    },
  };
}

async function shown(url: string, ca: string): Promise<string> {
  using connection = httpsConnection(ca);
  return (await connection.get(url)).fingerprint256;
}

describe('a renewed certificate', () => {
  it('is what the next handshake sees, while a connection that is open goes on', async () => {
    const [first, second] = await Promise.all([createCertificate('localhost'), createCertificate('localhost')]);
    await using served = await serve(first);
    using open = httpsConnection(first.ca);
    expect(await open.get(served.url)).toMatchObject({reused: false, fingerprint256: fingerprintOf(first)});
    served.secret.swap(secretOf(second));
    await until('the renewal', () => served.lines.length > 0);
    expect(await shown(served.url, second.ca)).toBe(fingerprintOf(second));
    expect(await open.get(served.url)).toMatchObject({reused: true, fingerprint256: fingerprintOf(first)});
    expect(served.lines).toMatchObject([
      {level: 30, msg: 'serving with a renewed certificate', fingerprint256: fingerprintOf(second)},
    ]);
  });

  it.each([
    ['the new certificate beside the old key', (a, b) => ({'tls.crt': b.cert, 'tls.key': a.key}), /does not belong to/],
    ['half a certificate', (_a, b) => ({'tls.crt': b.cert.slice(0, 200), 'tls.key': b.key}), /holds no certificate/],
    ['an empty key', (_a, b) => ({'tls.crt': b.cert, 'tls.key': ''}), /holds no private key/],
    ['no key', (_a, b) => ({'tls.crt': b.cert}), /ENOENT/],
  ] satisfies [string, (a: TestCertificate, b: TestCertificate) => Record<string, string>, RegExp][])(
    'of which only a part is written (%s) changes nothing, is told once, and is taken up when it is whole',
    async (_what, half, reason) => {
      const [first, second] = await Promise.all([createCertificate('localhost'), createCertificate('localhost')]);
      await using served = await serve(first);
      served.secret.swap(half(first, second));
      await until('the complaint', () => served.lines.length > 0);
      expect(await shown(served.url, first.ca)).toBe(fingerprintOf(first));
      served.secret.swap(secretOf(second));
      await until('the renewal', () => served.lines.length > 1);
      expect(await shown(served.url, second.ca)).toBe(fingerprintOf(second));
      expect(served.lines).toMatchObject([
        {level: 50, reason: expect.stringMatching(reason)},
        {level: 30, msg: 'serving with a renewed certificate'},
      ]);
      expect(JSON.stringify(served.lines)).not.toContain('PRIVATE KEY');
    },
  );

  it('is none where only the end of the last line is another, as in settings that were read', async () => {
    const first = await createCertificate('localhost');
    const file = {...first, cert: `${first.cert.trim()}\n`, key: `${first.key.trim()}\n`};
    await using served = await serve(file, {cert: first.cert.trim(), key: first.key.trim()});
    // Longer than a look takes to come.
    const second = await createCertificate('localhost');
    served.secret.swap(secretOf(second));
    await until('the renewal', () => served.lines.length > 0);
    expect(served.lines).toMatchObject([{fingerprint256: fingerprintOf(second)}]);
  });
});
