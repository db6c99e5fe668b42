import {once} from 'node:events';
import {mkdtemp, rm} from 'node:fs/promises';
import {connect} from 'node:net';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import type {Environment, Testbed} from '../executors/executor.ts';
import {freePort} from '../executors/free-port.ts';
import {RedisProcess} from '../executors/redis-process.ts';
import {freezeRedis} from './freeze-redis.ts';
import {killRedis} from './kill-redis.ts';

let cleanup: AsyncDisposableStack;
beforeEach(() => {
  cleanup = new AsyncDisposableStack();
});
afterEach(() => cleanup.disposeAsync());

async function redisTestbed(persistence: Environment['persistence'] = 'everysec') {
  const directory = await mkdtemp(path.join(tmpdir(), 'otp-chaos-test-'));
  cleanup.defer(() => rm(directory, {recursive: true}));
  const port = await freePort();
  const redis = cleanup.use(new RedisProcess({port, directory, persistence, logFile: path.join(directory, 'log')}));
  await redis.start();
  const testbed: Testbed = {baseUrl: '', apiKey: '', redis, [Symbol.asyncDispose]: async () => {}};
  return {testbed, port};
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
    const {testbed, port} = await redisTestbed();
    await command(port, 'SET kept 1');
    await fault.heal(testbed);
    expect(await command(port, 'GET kept')).toContain('1');
  });
});

test.each([
  ['everysec', '$1\r\n1\r\n'],
  ['none', '$-1\r\n'],
] as const)('a Redis with persistence %s that is killed comes back with %j', async (persistence, reply) => {
  const {testbed, port} = await redisTestbed(persistence);
  await command(port, 'SET kept 1');
  await killRedis.inject(testbed);
  await killRedis.heal(testbed);
  expect(await command(port, 'GET kept')).toBe(reply);
});

/** One inline command over a connection of its own. */
async function command(port: number, line: string): Promise<string> {
  const socket = connect({host: '127.0.0.1', port});
  socket.write(`${line}\r\n`);
  const [data] = await once(socket, 'data');
  socket.destroy();
  return String(data);
}
