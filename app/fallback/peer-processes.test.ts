import {X509Certificate} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {connect as connectTls} from 'node:tls';
import {afterAll, afterEach, beforeAll, describe, expect, it} from 'vitest';
import {freePort} from '../../chaos/lab/free-port.ts';
import {claimAfterMs} from '../delivery/outbox.ts';
import {createCertificate, type TestCertificate} from '../testing/certificates.ts';
import {type MountedSecret, mountSecret} from '../testing/mounted-secret.ts';
import {type RedisServer, startRedis} from '../testing/redis-server.ts';
import {callService, checkAt, createAt} from '../testing/service-calls.ts';
import {type ServiceProcess, startServiceOn, startServiceProcess} from '../testing/service-process.ts';
import {startTcpProxy} from '../testing/tcp-proxy.ts';
import {until} from '../testing/until.ts';

let redis: RedisServer;
let secret: MountedSecret;
const resources = new AsyncDisposableStack();
let services = new AsyncDisposableStack();

beforeAll(async () => {
  redis = resources.use(await startRedis());
  const {ca, cert, key} = await createCertificate('otp-peers');
  secret = resources.use(mountSecret({'tls.crt': cert, 'tls.key': key, 'ca.crt': ca}));
});
afterEach(async () => {
  await services.disposeAsync();
  services = new AsyncDisposableStack();
});
afterAll(() => resources.disposeAsync());

/** The code of a message, whichever process has sent it. One that a silent worker was given is taken over from it first. */
async function codeOf(processes: readonly ServiceProcess[], to: string): Promise<string> {
  const read = async () => {
    const found = await Promise.all(
      processes.map((service) => callService(service, 'GET', `/dev/inbox.json?to=${encodeURIComponent(to)}`)),
    );
    // A process that is cut off from Redis refuses to show an inbox that is there.
    return found.flatMap(({status, body}) => (status === 200 ? (body as {code: string}[]) : [])).at(0)?.code;
  };
  return until('the message', read, 2 * claimAfterMs);
}

/** Two processes that know each other; `redisUrls`: the way of each to Redis. */
async function startTwo(...redisUrls: [string, string]): Promise<[ServiceProcess, ServiceProcess]> {
  const ports = [await freePort(), await freePort()];
  const [a, b] = await Promise.all(
    redisUrls.map((url, index) =>
      startServiceOn(url, {
        // Nobody's way but the first one's goes silent.
        ...(index === 0 ? {} : {STORE_TIMEOUT_MS: '10000', STORE_DEADLINE_MS: '20000'}),
        PEERS: ports.map((each) => `127.0.0.1:${each}`).join(','),
        PEER_PORT: String(ports[index]),
        PEER_TLS_CERT_FILE: secret.path('tls.crt'),
        PEER_TLS_KEY_FILE: secret.path('tls.key'),
        PEER_TLS_CA_FILE: secret.path('ca.crt'),
        PEER_TLS_SERVER_NAME: 'otp-peers',
      }),
    ),
  );
  if (a === undefined || b === undefined) throw new Error('no process');
  for (const service of [a, b]) services.use(service);
  await until(
    'the processes to meet',
    () => [a, b].every((service) => service.output().includes('met a peer')),
    30_000,
  );
  return [a, b];
}

/** Whether the peer port takes this certificate; a server of TLS 1.3 says so only after the handshake. */
async function isLetIn(port: number, {cert, key}: TestCertificate): Promise<boolean> {
  const socket = connectTls({port, host: '127.0.0.1', cert, key, rejectUnauthorized: false, ALPNProtocols: ['h2']});
  // The first frame of HTTP/2 comes from a server that has verified its caller.
  const heard = await new Promise<boolean>((resolve) => {
    socket.once('data', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('close', () => resolve(false));
  });
  socket.destroy();
  return heard;
}

describe('two processes of the service', () => {
  it('answer a creation alike under its key, when the way of the one to Redis has gone silent with the creation on it', async () => {
    using way = await startTcpProxy(Number(new URL(redis.url).port));
    const [alone, other] = await startTwo(`redis://127.0.0.1:${way.port}`, redis.url);
    for (const silent of ['both', 'answers'] as const) {
      way.silence(silent);
      const to = `${silent}@example.com`;
      const key = `key-${silent}`;
      const {status, body} = await createAt(alone, to, key);
      expect(status).toBe(201);
      for (const service of [other, alone, other]) expect((await createAt(service, to, key)).body.id).toBe(body.id);
      expect(await checkAt(other, body.id, await codeOf([alone, other], to))).toMatchObject({status: 200});
      way.mend();
      expect((await createAt(alone, to, key)).body.id).toBe(body.id);
    }
  }, 60_000);

  it('stand in for Redis together, and what one holds that stops lives on at the other and then in Redis', async () => {
    const [a, b] = await startTwo(redis.url, redis.url);
    const ends = new X509Certificate(readFileSync(secret.path('tls.crt'))).validToDate.getTime() / 1000;
    expect(await (await fetch(a.metricsUrl)).text()).toContain(
      `otp_certificate_expiry_timestamp_seconds{listener="peer"} ${ends}`,
    );
    await redis.kill();
    await until('the outage', () => [a, b].every((service) => service.output().includes('the store is away')));

    const held = [];
    for (let i = 0; i < 8; i++) {
      const to = `user${i}@example.com`;
      const {status, body} = await createAt(i % 2 === 0 ? a : b, to);
      expect(status).toBe(201);
      held.push({id: body.id as string, code: await codeOf([a, b], to)});
    }
    const [first, second, ...others] = held;
    if (first === undefined || second === undefined) throw new Error('nothing held');
    const race = await Promise.all([checkAt(a, first.id, first.code), checkAt(b, first.id, first.code)]);
    expect(race.map(({status}) => status).toSorted()).toEqual([200, 409]);
    expect(await checkAt(a, second.id, 'wrong')).toMatchObject({status: 422, body: {attemptsRemaining: 4}});
    expect(await checkAt(b, second.id, 'wrong')).toMatchObject({status: 422, body: {attemptsRemaining: 3}});

    a.child.kill('SIGTERM');
    expect(await a.exited).toBe(0);
    expect(await checkAt(b, second.id, second.code)).toMatchObject({status: 200});
    await redis.restart();
    await until('the recovery', () => b.output().includes('brought recipients back'));
    for (const {id, code} of others) {
      const answer = await until('an answer', async () => {
        const next = await checkAt(b, id, code);
        return next.status !== 503 && next;
      });
      expect(answer).toMatchObject({status: 200});
      expect((await checkAt(b, id, code)).body).toMatchObject({code: 'verification_already_approved'});
    }
  }, 60_000);
});

describe('a process of the service', () => {
  it('lets in peers of another authority as soon as it is told of it, while its own certificate stays', async () => {
    const [own, other] = await Promise.all([createCertificate('otp-peers'), createCertificate('otp-peers', 'Another')]);
    using mounted = mountSecret({'tls.crt': own.cert, 'tls.key': own.key, 'ca.crt': own.ca});
    const port = await freePort();
    services.use(
      await startServiceProcess({
        REDIS_URL: redis.url,
        PEERS: `127.0.0.1:${port}`,
        PEER_PORT: String(port),
        PEER_TLS_CERT_FILE: mounted.path('tls.crt'),
        PEER_TLS_KEY_FILE: mounted.path('tls.key'),
        PEER_TLS_CA_FILE: mounted.path('ca.crt'),
        PEER_TLS_SERVER_NAME: 'otp-peers',
      }),
    );
    expect([await isLetIn(port, own), await isLetIn(port, other)]).toEqual([true, false]);
    const pair = {'tls.crt': own.cert, 'tls.key': own.key};
    mounted.swap({...pair, 'ca.crt': `${own.ca}\n${other.ca}`});
    await until('the other authority to be trusted', () => isLetIn(port, other), 30_000);
    expect(await isLetIn(port, own)).toBe(true);
    mounted.swap({...pair, 'ca.crt': other.ca});
    await until('the first one to be trusted no more', async () => !(await isLetIn(port, own)), 30_000);
  }, 90_000);
});
