import {once} from 'node:events';
import {type AddressInfo, connect, createServer, type Socket} from 'node:net';
import {describe, expect, it} from 'vitest';
import {startRedis} from './testing/redis-server.ts';
import {startServiceOn} from './testing/service-process.ts';
import {until} from './testing/until.ts';

const headers = {authorization: 'Bearer otp_dev_development-only-key', 'content-type': 'application/json'};

/** Stands before Redis; once it is mute, requests reach Redis and answers reach nobody, until all connections break. */
async function startProxy(redisUrl: string) {
  const {hostname, port} = new URL(redisUrl);
  const sockets = new Set<Socket>();
  let mute = false;
  let swallowed = '';
  const server = createServer((client) => {
    const redis = connect(Number(port), hostname);
    for (const socket of [client, redis]) sockets.add(socket.on('error', () => {}));
    client.pipe(redis);
    redis
      .on('data', (answer) => {
        if (mute) swallowed += answer.toString('latin1');
        else client.write(answer);
      })
      .on('close', () => client.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const breakAll = () => {
    for (const socket of sockets) socket.destroy();
    sockets.clear();
  };
  return {
    url: `redis://127.0.0.1:${(server.address() as AddressInfo).port}`,
    mute() {
      mute = true;
    },
    swallowed: () => swallowed,
    breakAndSpeak() {
      breakAll();
      mute = false;
    },
    [Symbol.dispose]() {
      breakAll();
      server.close();
    },
  };
}

describe('a wrong check', () => {
  it('counts although its answer is lost, and is not taken back by the error', async () => {
    await using redis = await startRedis();
    using proxy = await startProxy(redis.url);
    await using service = await startServiceOn(proxy.url);
    const post = async (path: string, body: object) => {
      const answer = await fetch(`${service.url}/v1/verifications${path}`, {
        method: 'POST',
        headers,
        body: JSON.stringify(body),
      });
      return answer.json();
    };
    const {id} = (await post('', {to: 'ada@example.com'})) as {id: string};
    // The first one also teaches Redis the script.
    expect(await post(`/${id}/check`, {code: 'wrong'})).toMatchObject({code: 'code_incorrect', attemptsRemaining: 4});
    proxy.mute();
    expect(await post(`/${id}/check`, {code: 'wrong'})).toMatchObject({status: 503, code: 'outcome_unknown'});
    await until('the lost answer', () => proxy.swallowed().includes('incorrect'));
    proxy.breakAndSpeak();
    const {attemptsRemaining} = await until('an answer', async () => {
      const answer = await fetch(`${service.url}/v1/verifications/${id}`, {headers});
      return answer.ok && ((await answer.json()) as {attemptsRemaining: number});
    });
    expect(attemptsRemaining).toBe(3);
  });
});
