import {ClusterServers} from './cluster.ts';
import {connectRedis, type RedisConnectionOptions} from './connect.ts';
import {GroupCommit, type GroupCommitObserver} from './group-commit.ts';
import {type OpenRedisServers, singleServer} from './servers.ts';
import {readSlots, type SlotMap} from './slots.ts';
import type {Endpoint, RedisTarget} from './target.ts';

export interface RedisServersOptions extends Omit<RedisConnectionOptions, 'target'> {
  readonly target: RedisTarget;
  /** Replicas that have to have a change before it is acknowledged. */
  readonly waitReplicas: number;
  /** How long they may take. */
  readonly waitMs: number;
  readonly observer: GroupCommitObserver;
  /** Hears whenever one of the connections is there (again), or slots of a cluster are elsewhere. @default nobody */
  readonly onConnected?: () => void;
}

/** While one connection waits for replicas, the other takes what has come meanwhile; more of them are slower. */
const commitConnections = 2;

/** Opens the connections that a store needs. */
export function openRedisServers({target, ...options}: RedisServersOptions): OpenRedisServers {
  if (target.kind !== 'cluster') return openServer(target, options);
  const standalone = ({host, port}: Endpoint) => ({kind: 'standalone', host, port, db: 0}) as const;
  return new ClusterServers({
    nodes: target.nodes,
    open: (endpoint) => openServer(standalone(endpoint), options),
    onMoved: options.onConnected ?? (() => {}),
    ask: (endpoint) => askForSlots({...options, target: standalone(endpoint)}),
  });
}

/** Whether another server can take over that lacks what was done last. */
export function canFailOver({target, waitReplicas}: Pick<RedisServersOptions, 'target' | 'waitReplicas'>): boolean {
  return target.kind !== 'standalone' || waitReplicas > 0;
}

function openServer(
  target: RedisConnectionOptions['target'],
  {waitReplicas, waitMs, observer, onConnected = () => {}, ...rest}: Omit<RedisServersOptions, 'target'>,
): OpenRedisServers {
  const first = () => {
    rest.onUp();
    onConnected();
  };
  const redis = connectRedis({...rest, target, onUp: first});
  // Their troubles are those of the first connection, which tells them.
  const silent = {...rest, target, onDown: () => {}, onUp: onConnected};
  const connections = waitReplicas === 0 ? [] : Array.from({length: commitConnections}, () => connectRedis(silent));
  const servers =
    waitReplicas === 0
      ? singleServer(redis)
      : new GroupCommit({redis, connections, replicas: waitReplicas, waitMs, queueMs: rest.timeoutMs, observer});
  return Object.assign(servers, {
    close() {
      for (const each of [redis, ...connections]) each.disconnect();
    },
  });
}

async function askForSlots(options: RedisConnectionOptions): Promise<SlotMap> {
  const {promise, resolve, reject} = Promise.withResolvers<void>();
  const redis = connectRedis({...options, onUp: resolve, onDown: reject});
  try {
    await promise;
    return await readSlots(redis);
  } finally {
    redis.disconnect();
  }
}
