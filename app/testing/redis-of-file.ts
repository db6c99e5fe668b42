import {afterAll, afterEach, beforeAll} from 'vitest';
import {type RedisServer, startRedis} from './redis-server.ts';

/** What the tests of a file have: one Redis for all of them, and for each test what ends with it. */
export interface RedisOfFile {
  readonly redis: RedisServer;
  readonly resources: AsyncDisposableStack;
}

/** Starts a Redis before the first test of the file that calls it, and ends everything. */
export function redisOfFile(): RedisOfFile {
  let redis: RedisServer | undefined;
  let resources = new AsyncDisposableStack();
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterEach(async () => {
    await resources.disposeAsync();
    resources = new AsyncDisposableStack();
  });
  afterAll(() => redis?.[Symbol.asyncDispose]());
  return {
    get redis() {
      if (redis === undefined) throw new Error('there is no Redis before the first test');
      return redis;
    },
    get resources() {
      return resources;
    },
  };
}
