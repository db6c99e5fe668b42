import {describe, expect, it} from 'vitest';
import {startRedis} from '../testing/redis-server.ts';
import {callService, checkAt, createAt} from '../testing/service-calls.ts';
import {type ServiceProcess, startServiceOn, startServiceProcess} from '../testing/service-process.ts';
import {until} from '../testing/until.ts';

const read = (service: ServiceProcess, id: string) => callService(service, 'GET', `/v1/verifications/${id}`);
const codeFor = (service: ServiceProcess, to: string) =>
  until('the message', async () => {
    const {body} = await callService(service, 'GET', `/dev/inbox.json?to=${encodeURIComponent(to)}`);
    return (body as {code: string}[]).at(0)?.code;
  });
const readiness = async (service: ServiceProcess) => {
  const {status, body} = await callService(service, 'GET', '/readyz');
  return {status, said: body.status};
};
const gauges = async (service: ServiceProcess) => {
  const text = await (await fetch(service.metricsUrl)).text();
  return Object.fromEntries(
    ['otp_store_breaker_open', 'otp_fallback_active', 'otp_fallback_verifications'].map((name) => [
      name,
      Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1]),
    ]),
  );
};

describe('while Redis is away', () => {
  it('new verifications are created, sent, checked and afterwards known to Redis; older ones are not guessed at', async () => {
    await using redis = await startRedis();
    await using service = await startServiceOn(redis.url);
    const before = (await createAt(service, 'before@example.com')).body;
    const beforeCode = await codeFor(service, 'before@example.com');

    await redis.kill();
    const approved = (await createAt(service, 'ada@example.com')).body;
    const pending = (await createAt(service, 'bob@example.com')).body;
    expect([approved.status, pending.status]).toEqual(['pending', 'pending']);
    const [adaCode, bobCode] = [await codeFor(service, 'ada@example.com'), await codeFor(service, 'bob@example.com')];
    expect(await checkAt(service, approved.id, 'wrong')).toMatchObject({status: 422, body: {attemptsRemaining: 4}});
    expect(await checkAt(service, approved.id, adaCode)).toMatchObject({status: 200, body: {status: 'approved'}});
    expect(await checkAt(service, approved.id, adaCode)).toMatchObject({
      status: 409,
      body: {code: 'verification_already_approved'},
    });
    for (const code of ['wrong', 'wrong'])
      expect(await checkAt(service, pending.id, code)).toMatchObject({status: 422, body: {code: 'code_incorrect'}});
    const guess = await checkAt(service, before.id, beforeCode);
    expect(guess).toMatchObject({status: 503, body: {code: 'store_unavailable'}});
    expect(guess.headers.get('retry-after')).toBe('1');
    await until('the breaker', async () => (await readiness(service)).said === 'degraded');
    expect(await readiness(service)).toEqual({status: 200, said: 'degraded'});
    expect(await gauges(service)).toEqual({
      otp_store_breaker_open: 1,
      otp_fallback_active: 1,
      otp_fallback_verifications: 2,
    });
    await until('the log', () => service.output().includes('the store is away'));

    await redis.restart();
    await until('the recovery', async () => (await gauges(service)).otp_fallback_active === 0);
    expect(await readiness(service)).toEqual({status: 200, said: 'ready'});
    expect(await gauges(service)).toMatchObject({otp_store_breaker_open: 0, otp_fallback_verifications: 0});
    expect(await checkAt(service, before.id, beforeCode)).toMatchObject({status: 200});
    expect(await checkAt(service, approved.id, adaCode)).toMatchObject({
      status: 409,
      body: {code: 'verification_already_approved'},
    });
    expect(await read(service, pending.id)).toMatchObject({
      status: 200,
      body: {status: 'pending', attemptsRemaining: 3, delivery: {status: 'sent'}, expiresAt: expect.any(String)},
    });
    expect(await checkAt(service, pending.id, bobCode)).toMatchObject({status: 200, body: {id: pending.id}});
  });

  it('what a process that was killed had held alone is lost for good, once its successor has looked for it in Redis', async () => {
    await using redis = await startRedis();
    const settings = {REDIS_URL: redis.url};
    await using killed = await startServiceProcess(settings);
    await redis.kill();
    const {id} = (await createAt(killed, 'ada@example.com')).body;
    const code = await codeFor(killed, 'ada@example.com');
    killed.child.kill('SIGKILL');
    await killed.exited;
    await using successor = await startServiceProcess(settings);
    expect(await checkAt(successor, id, code)).toMatchObject({status: 503, body: {code: 'store_unavailable'}});
    await redis.restart();
    const lost = await until('an answer', async () => {
      const answer = await checkAt(successor, id, code);
      return answer.status !== 503 && answer;
    });
    expect(lost).toMatchObject({status: 410, body: {code: 'verification_lost', next: {create: {allowed: true}}}});
  });
});
