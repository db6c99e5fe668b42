import fc from 'fast-check';
import {afterEach, describe, expect, it} from 'vitest';
import {freePort} from '../../../chaos/lab/free-port.ts';
import {createCertificate} from '../../testing/certificates.ts';
import {json, reset, silence, startFarSide} from '../../testing/far-side.ts';
import {mayConnect, type Network, parseNetwork} from './address-guard.ts';
import {HttpClient, type HttpClientOptions, type Resolve} from './client.ts';

const network = (text: string): Network => {
  const parsed = parseNetwork(text);
  if (parsed === undefined) throw new Error(text);
  return parsed;
};
const loopback = [network('127.0.0.1')];
const open: HttpClient[] = [];
afterEach(async () => {
  for (const client of open.splice(0)) await client.close();
});

function post(url: string, options: HttpClientOptions = {allowed: loopback}) {
  const client = new HttpClient({timeoutMs: 5000, ...options});
  open.push(client);
  return client.send({method: 'POST', url: new URL(url), headers: {}, body: 'x'}, new AbortController().signal);
}

describe('an address', () => {
  it.each([
    ['a private one', ['10.0.0.1', '172.16.3.4', '192.168.1.1', 'fc00::1', 'fd12:3456::1']],
    ['this machine', ['127.0.0.1', '127.8.8.8', '0.0.0.0', '::1', '::']],
    ['metadata of a cloud', ['169.254.169.254', 'fd00:ec2::254', '100.100.100.200', '192.0.0.192', '168.63.129.16']],
    [
      'a link-local, shared or reserved one',
      ['fe80::1', 'fec0::1', '100.64.0.1', '198.18.0.1', '240.0.0.1', '224.0.0.1'],
    ],
    [
      'an IPv4 address inside an IPv6 one',
      [
        '::ffff:10.0.0.1',
        '::ffff:8.8.8.8',
        '::127.0.0.1',
        '64:ff9b::a00:1',
        '64:ff9b:1::a00:1',
        '2002:a00:1::',
        '2001:0:a00:1::',
      ],
    ],
    ['no address', ['localhost', '10.1', '0x7f000001', '']],
  ])('is refused when it is %s', (_what, addresses) => {
    for (const address of addresses) expect(mayConnect(address, []), address).toBe(false);
  });

  it('is taken when it is public, or when an entry of the configuration names it', () => {
    for (const address of ['8.8.8.8', '93.184.216.34', '2606:4700::1111']) expect(mayConnect(address, [])).toBe(true);
    expect(mayConnect('10.1.2.3', [network('10.1.2.0/24')])).toBe(true);
    expect(mayConnect('10.1.3.3', [network('10.1.2.0/24')])).toBe(false);
    expect(mayConnect('::ffff:10.1.2.3', [network('10.1.2.0/24')])).toBe(false);
    expect(mayConnect('fd00::7', [network('fd00::/64')])).toBe(true);
  });

  it('is refused in every private range, wherever in it', () => {
    fc.assert(
      fc.property(fc.integer({min: 0, max: 0xff_ff_ff}), fc.constantFrom(10, 127, 0), (rest, first) => {
        expect(mayConnect(`${first}.${rest >> 16}.${(rest >> 8) & 255}.${rest & 255}`, [])).toBe(false);
      }),
    );
  });

  it.each(['', '10.0.0.0/33', '10.0.0.0/8/8', 'example.com', '10.0.0', 'fe80::/129', '10.0.0.0/x'])(
    'is no entry as %j',
    (text) => expect(parseNetwork(text)).toBeUndefined(),
  );
});

describe('a request', () => {
  it('is answered with status, body and the pause that was asked for', async () => {
    await using server = await startFarSide();
    server.answer = json(429, {error: 'slow'}, {'retry-after': '7'});
    expect(await post(server.url)).toEqual({
      kind: 'answered',
      status: 429,
      body: '{"error":"slow"}',
      retryAfterMs: 7000,
    });
    server.answer = json(503, undefined, {'retry-after': new Date(Date.now() + 3_600_000).toUTCString()});
    expect(await post(server.url), 'a pause is bounded').toMatchObject({retryAfterMs: 300_000});
  });

  it('goes to no address that is not allowed, whether it is written or looked up', async () => {
    await using server = await startFarSide();
    const refused = {kind: 'failed', reason: 'ADDRESS_NOT_ALLOWED'};
    expect(await post(server.url, {})).toEqual(refused);
    expect(await post(`http://[::ffff:127.0.0.1]:${server.port}`, {allowed: loopback})).toEqual(refused);
    expect(await post(`http://2130706433:${server.port}`, {})).toEqual(refused);
    expect(await post(`http://localhost:${server.port}`, {})).toEqual(refused);
    const mixed: Resolve = (_host, _options, callback) =>
      callback(null, [
        {address: '93.184.216.34', family: 4},
        {address: '127.0.0.1', family: 4},
      ]);
    expect(await post(`http://otp.example.com:${server.port}`, {resolve: mixed})).toEqual(refused);
    expect(server.received).toEqual([]);
  });

  it('goes to the address that was checked: a name that changes its answer in between leads nowhere else', async () => {
    await using checked = await startFarSide();
    let asked = 0;
    const rebinding: Resolve = (_host, _options, callback) =>
      callback(null, [{address: asked++ === 0 ? '127.0.0.1' : '169.254.169.254', family: 4}]);
    const first = await post(`http://otp.example.com:${checked.port}`, {allowed: loopback, resolve: rebinding});
    expect(first).toMatchObject({kind: 'answered', status: 200});
    expect(asked, 'one look-up a connection').toBe(1);
    expect(await post(`http://otp.example.com:${checked.port}`, {allowed: loopback, resolve: rebinding})).toEqual({
      kind: 'failed',
      reason: 'ADDRESS_NOT_ALLOWED',
    });
    expect(checked.received).toHaveLength(1);
  });

  it('follows no redirect', async () => {
    await using elsewhere = await startFarSide();
    await using server = await startFarSide();
    server.answer = json(307, undefined, {location: elsewhere.url});
    expect(await post(server.url)).toMatchObject({kind: 'answered', status: 307});
    expect(elsewhere.received).toEqual([]);
  });

  it('ends when the far side hangs up, says nothing, is not there or never ends', async () => {
    await using server = await startFarSide();
    server.answer = reset;
    expect(await post(server.url)).toMatchObject({kind: 'failed'});
    server.answer = silence;
    expect(await post(server.url, {allowed: loopback, timeoutMs: 100})).toMatchObject({kind: 'failed'});
    expect(await post(`http://127.0.0.1:${await freePort()}`)).toEqual({kind: 'failed', reason: 'ECONNREFUSED'});
    server.answer = (response) => {
      const write = (): void =>
        void (response.destroyed || response.write('x'.repeat(10_000), () => setImmediate(write)));
      write();
    };
    const endless = await post(server.url);
    expect(endless).toMatchObject({kind: 'answered', status: 200});
    if (endless.kind === 'answered') expect(endless.body.length).toBe(64 * 1024);
  });

  it('trusts the configured authority and no other', async () => {
    const {ca, cert, key} = await createCertificate('localhost');
    await using server = await startFarSide({cert, key});
    const url = `https://localhost:${server.port}`;
    const allowed = [...loopback, network('::1')];
    expect(await post(url, {allowed, ca})).toMatchObject({kind: 'answered', status: 200});
    expect(await post(url, {allowed})).toMatchObject({kind: 'failed', reason: expect.stringMatching(/CERT|SIGNATURE/)});
    expect(server.received).toHaveLength(1);
  });
});
