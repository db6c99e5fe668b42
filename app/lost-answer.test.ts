import {describe, expect, it} from 'vitest';
import {startRedis} from './testing/redis-server.ts';
import {startServiceProcess} from './testing/service-process.ts';
import {until} from './testing/until.ts';

const headers = {authorization: 'Bearer otp_dev_development-only-key', 'content-type': 'application/json'};

describe('a wrong check', () => {
  it('counts although its answer is lost, and is not taken back by the error', async () => {
    await using redis = await startRedis();
    await using service = await startServiceProcess({REDIS_URL: redis.url, STORE_TIMEOUT_MS: '200'});
    const post = async (path: string, body: object) =>
      (
        await fetch(`${service.url}/v1/verifications${path}`, {method: 'POST', headers, body: JSON.stringify(body)})
      ).json();
    const {id} = (await post('', {to: 'ada@example.com'})) as {id: string};
    redis.freeze();
    try {
      expect(await post(`/${id}/check`, {code: 'wrong'})).toMatchObject({status: 503, code: 'outcome_unknown'});
    } finally {
      redis.thaw();
    }
    const remaining = await until('an answer', async () => {
      const answer = await fetch(`${service.url}/v1/verifications/${id}`, {headers});
      return answer.ok && ((await answer.json()) as {attemptsRemaining: number}).attemptsRemaining;
    });
    expect(remaining).toBe(4);
  });
});
