import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import type {Environment, Testbed} from '../executors/executor.ts';
import {startSingleRedis} from '../lab/single-redis.ts';
import {freezeRedis} from './freeze-redis.ts';
import {killRedis} from './kill-redis.ts';

let cleanup: AsyncDisposableStack;
beforeEach(() => {
  cleanup = new AsyncDisposableStack();
});
afterEach(() => cleanup.disposeAsync());

async function redisTestbed(persistence: Environment['persistence'] = 'everysec') {
  const {node: redis} = cleanup.use(await startSingleRedis({persistence}));
  const testbed: Testbed = {baseUrl: '', apiKey: '', redis, [Symbol.asyncDispose]: async () => {}};
  return {testbed, redis};
}

describe.each([killRedis, freezeRedis])('$name', (fault) => {
  test('is seen while it lasts, and neither before nor after', async () => {
    const {testbed} = await redisTestbed();
    const seen = [await fault.isInEffect(testbed)];
    await fault.inject(testbed);
    seen.push(await fault.isInEffect(testbed));
    await fault.heal(testbed);
    seen.push(await fault.isInEffect(testbed));
    expect(seen).toEqual([false, true, false]);
    expect(await testbed.redis.ping()).toBe('answered');
  });

  test('healing what is not broken changes nothing', async () => {
    const {testbed, redis} = await redisTestbed();
    await redis.command('SET', 'kept', '1');
    await fault.heal(testbed);
    expect(await redis.command('GET', 'kept')).toBe('1');
  });
});

test.each([
  ['everysec', '1'],
  ['none', null],
] as const)('a Redis with persistence %s that is killed comes back with %j', async (persistence, reply) => {
  const {testbed, redis} = await redisTestbed(persistence);
  await redis.command('SET', 'kept', '1');
  await killRedis.inject(testbed);
  await killRedis.heal(testbed);
  expect(await redis.command('GET', 'kept')).toBe(reply);
});
