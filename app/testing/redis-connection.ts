import type {Redis} from 'ioredis';
import type {Cluster} from '../../chaos/lab/cluster.ts';
import {connectRedis, type RedisConnectionOptions} from '../store/redis/connect.ts';
import {openRedisServers} from '../store/redis/open-servers.ts';
import type {OpenRedisServers} from '../store/redis/servers.ts';
import {parseRedisUrl} from '../store/redis/target.ts';

/** A connection as the service makes it, to `redis://…`. */
export function connectTo(url: string, changes: Partial<RedisConnectionOptions> = {}): Redis {
  const parsed = parseRedisUrl(url);
  if (parsed === undefined) throw new TypeError(`${url} is no address of a Redis`);
  const {target, tls, login} = parsed;
  return connectRedis({target, tls, credentials: () => login, timeoutMs: 2000, onDown() {}, onUp() {}, ...changes});
}

/** The servers of a cluster, each with a replica that is waited for. */
export function connectToCluster({nodes}: Pick<Cluster, 'nodes'>): OpenRedisServers {
  return openRedisServers({
    target: {kind: 'cluster', nodes: nodes.map(({port}) => ({host: '127.0.0.1', port}))},
    tls: false,
    credentials: () => ({}),
    timeoutMs: 1000,
    waitReplicas: 1,
    waitMs: 500,
    observer: {batch() {}, unreplicated() {}},
    onDown() {},
    onUp() {},
  });
}
