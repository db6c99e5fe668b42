import type {Redis} from 'ioredis';
import {toStoreError} from '../redis-errors.ts';
import {runScript, type ScriptCall} from '../redis-scripts.ts';
import {StoreError} from '../store.ts';

/** The servers of a store, whether one or many: runs a script where its keys lie. */
export interface RedisServers {
  /** Resolves once as many replicas have it as have to. Rejects with `StoreError`. */
  run(call: ScriptCall): Promise<unknown>;
  /** Resolves when every server answers that takes writes. Rejects with `StoreError`. */
  ping(): Promise<void>;
  /** Names the server that has a key at this moment; the same for all keys unless `sharded`. */
  part(key: string): string;
  /** Parts that count as away: what can be done without is not asked of them. */
  readonly away: Set<string>;
  /** To the server that has a key, for commands that nobody waits for replicas for. Throws `StoreError` if there is none. */
  connection(key: string): Redis;
  /** Whether keys of different hash tags lie on different servers, so that no script can use both. */
  readonly sharded: boolean;
}

/** With the connections to them. */
export interface OpenRedisServers extends RedisServers {
  close(): void;
}

/** What is one server to whoever asks it has one part. */
export const onlyPart = 'all';

/** One server whose replicas, if it has any, nobody waits for. */
export function singleServer(redis: Redis): RedisServers {
  return {
    sharded: false,
    part: () => onlyPart,
    away: new Set(),
    connection: () => redis,
    run: (call) => runScript(redis, call).catch((error) => Promise.reject(toStoreError(error))),
    ping: () => ping(redis),
  };
}

/** Nothing is changed by it, whatever becomes of it. */
export async function ping(redis: Redis): Promise<void> {
  await redis.ping().catch((error) => {
    throw new StoreError('not_executed', toStoreError(error).message, error);
  });
}
