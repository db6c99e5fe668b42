import type {Redis} from 'ioredis';
import {connectRedis, type RedisConnectionOptions} from './connect.ts';
import {GroupCommit, type GroupCommitObserver} from './group-commit.ts';
import {type RedisServers, singleServer} from './servers.ts';
import type {RedisTarget} from './target.ts';

export interface RedisServersOptions extends Omit<RedisConnectionOptions, 'target'> {
  readonly target: RedisTarget;
  /** Replicas that have to have a change before it is acknowledged. */
  readonly waitReplicas: number;
  /** How long they may take. */
  readonly waitMs: number;
  readonly observer: GroupCommitObserver;
}

export interface OpenRedisServers {
  readonly servers: RedisServers;
  /** For commands that nobody waits for replicas for. */
  readonly redis: Redis;
  close(): void;
}

/** While one connection waits for replicas, the other takes what has come meanwhile; more of them are slower. */
const commitConnections = 2;

/** Opens the connections that a store's scripts need. */
export function openRedisServers({
  target,
  waitReplicas,
  waitMs,
  observer,
  ...rest
}: RedisServersOptions): OpenRedisServers {
  if (target.kind === 'cluster') throw new Error('a Redis Cluster cannot be used yet');
  const redis = connectRedis({...rest, target});
  if (waitReplicas === 0) return {servers: singleServer(redis), redis, close: () => redis.disconnect()};
  // Their troubles are those of the first connection, which tells them.
  const silent = {...rest, target, onDown: () => {}, onUp: () => {}};
  const connections = Array.from({length: commitConnections}, () => connectRedis(silent));
  return {
    servers: new GroupCommit({connections, replicas: waitReplicas, waitMs, queueMs: rest.timeoutMs, observer}),
    redis,
    close() {
      for (const each of [redis, ...connections]) each.disconnect();
    },
  };
}

/** Whether another server can take over that lacks what was done last. */
export function canFailOver({target, waitReplicas}: Pick<RedisServersOptions, 'target' | 'waitReplicas'>): boolean {
  return target.kind !== 'standalone' || waitReplicas > 0;
}
