import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {type Persistence, startSingleRedis} from '../lab/single-redis.ts';
import {testbedOf} from '../testing/testbed.ts';
import type {Fault} from './fault.ts';
import {freezeRedis} from './freeze-redis.ts';
import {killRedis} from './kill-redis.ts';

let cleanup: AsyncDisposableStack;
beforeEach(() => {
  cleanup = new AsyncDisposableStack();
});
afterEach(() => cleanup.disposeAsync());

async function brokenBy(fault: Fault, persistence: Persistence = 'everysec') {
  const {node: redis} = cleanup.use(await startSingleRedis({persistence}));
  const inHand = fault.on.processes?.(testbedOf({kind: 'single', node: redis}));
  if (!inHand) throw new Error(`${fault.name} can't be done to processes`);
  return {redis, inHand};
}

describe.each([killRedis, freezeRedis])('$name', (fault) => {
  test('is seen while it lasts, and neither before nor after', async () => {
    const {redis, inHand} = await brokenBy(fault);
    const seen = [await inHand.isInEffect()];
    await inHand.inject();
    seen.push(await inHand.isInEffect());
    await inHand.heal();
    seen.push(await inHand.isInEffect());
    expect(seen).toEqual([false, true, false]);
    expect(await redis.ping()).toBe('answered');
  });

  test('healing what is not broken changes nothing', async () => {
    const {redis, inHand} = await brokenBy(fault);
    await redis.command('SET', 'kept', '1');
    await inHand.heal();
    expect(await redis.command('GET', 'kept')).toBe('1');
  });
});

test.each([
  ['everysec', '1'],
  ['none', null],
] as const)('a Redis with persistence %s that is killed comes back with %j', async (persistence, reply) => {
  const {redis, inHand} = await brokenBy(killRedis, persistence);
  await redis.command('SET', 'kept', '1');
  await inHand.inject();
  await inHand.heal();
  expect(await redis.command('GET', 'kept')).toBe(reply);
});
