import {X509Certificate} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {createCertificate} from '../testing/certificates.ts';
import {type MountedSecret, mountSecret} from '../testing/mounted-secret.ts';
import {freePort, type RedisServer, startRedis} from '../testing/redis-server.ts';
import {type ServiceProcess, startServiceProcess} from '../testing/service-process.ts';
import {until} from '../testing/until.ts';

const headers = {authorization: 'Bearer otp_dev_development-only-key'};
let redis: RedisServer;
let secret: MountedSecret;
const resources = new AsyncDisposableStack();

beforeAll(async () => {
  redis = resources.use(await startRedis());
  const {ca, cert, key} = await createCertificate('otp-peers');
  secret = resources.use(mountSecret({'tls.crt': cert, 'tls.key': key, 'ca.crt': ca}));
});
afterAll(() => resources.disposeAsync());

async function call(service: ServiceProcess, method: string, path: string, body?: object) {
  const response = await fetch(`${service.url}${path}`, {
    method,
    headers: {...headers, ...(body === undefined ? {} : {'content-type': 'application/json'})},
    ...(body === undefined ? {} : {body: JSON.stringify(body)}),
  });
  const text = await response.text();
  return {status: response.status, body: text === '' ? undefined : JSON.parse(text)};
}
const create = (service: ServiceProcess, to: string) => call(service, 'POST', '/v1/verifications', {to});
const check = (service: ServiceProcess, id: string, code: string) =>
  call(service, 'POST', `/v1/verifications/${id}/check`, {code});

/** The code of a message, whichever process has sent it. */
async function codeOf(services: readonly ServiceProcess[], to: string): Promise<string> {
  return until('the message', async () => {
    const found = await Promise.all(
      services.map((service) => call(service, 'GET', `/dev/inbox.json?to=${encodeURIComponent(to)}`)),
    );
    return found.flatMap(({body}) => body as {code: string}[]).at(0)?.code;
  });
}

describe('two processes of the service', () => {
  it('stand in for Redis together, and what one holds that stops lives on at the other and then in Redis', async () => {
    const ports = [await freePort(), await freePort()];
    const settings = (port: number | undefined) => ({
      REDIS_URL: redis.url,
      PEERS: ports.map((each) => `127.0.0.1:${each}`).join(','),
      PEER_PORT: String(port),
      PEER_TLS_CERT_FILE: secret.path('tls.crt'),
      PEER_TLS_KEY_FILE: secret.path('tls.key'),
      PEER_TLS_CA_FILE: secret.path('ca.crt'),
      PEER_TLS_SERVER_NAME: 'otp-peers',
    });
    const [a, b] = await Promise.all(ports.map((port) => startServiceProcess(settings(port))));
    if (a === undefined || b === undefined) throw new Error('no process');
    for (const service of [a, b]) resources.use(service);
    await until('the processes to meet', () => [a, b].every((service) => service.output().includes('met a peer')));
    const ends = new X509Certificate(readFileSync(secret.path('tls.crt'))).validToDate.getTime() / 1000;
    expect(await (await fetch(a.metricsUrl)).text()).toContain(
      `otp_certificate_expiry_timestamp_seconds{listener="peer"} ${ends}`,
    );
    await redis.kill();
    await until('the outage', () => [a, b].every((service) => service.output().includes('the store is away')));

    const held = [];
    for (let i = 0; i < 8; i++) {
      const to = `user${i}@example.com`;
      const {status, body} = await create(i % 2 === 0 ? a : b, to);
      expect(status).toBe(201);
      held.push({id: body.id as string, code: await codeOf([a, b], to)});
    }
    const [first, second, ...others] = held;
    if (first === undefined || second === undefined) throw new Error('nothing held');
    const race = await Promise.all([check(a, first.id, first.code), check(b, first.id, first.code)]);
    expect(race.map(({status}) => status).toSorted()).toEqual([200, 409]);
    expect(await check(a, second.id, 'wrong')).toMatchObject({status: 422, body: {attemptsRemaining: 4}});
    expect(await check(b, second.id, 'wrong')).toMatchObject({status: 422, body: {attemptsRemaining: 3}});

    a.child.kill('SIGTERM');
    expect(await a.exited).toBe(0);
    expect(await check(b, second.id, second.code)).toMatchObject({status: 200});
    await redis.restart();
    await until('the recovery', () => b.output().includes('brought recipients back'));
    for (const {id, code} of others) {
      const answer = await until('an answer', async () => {
        const next = await check(b, id, code);
        return next.status !== 503 && next;
      });
      expect(answer).toMatchObject({status: 200});
      expect((await check(b, id, code)).body).toMatchObject({code: 'verification_already_approved'});
    }
  }, 60_000);
});
