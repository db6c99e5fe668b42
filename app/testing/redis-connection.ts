import type {Redis} from 'ioredis';
import type {Cluster} from '../../chaos/lab/cluster.ts';
import {connectRedis, type RedisConnectionOptions} from '../store/redis/connect.ts';
import {openRedisServers} from '../store/redis/open-servers.ts';
import type {OpenRedisServers} from '../store/redis/servers.ts';
import {parseRedisUrl} from '../store/redis/target.ts';
import {until} from './until.ts';

/** A connection as the service makes it, to `redis://…`. */
export function connectTo(url: string, changes: Partial<RedisConnectionOptions> = {}): Redis {
  const parsed = parseRedisUrl(url);
  if (parsed === undefined) throw new TypeError(`${url} is no address of a Redis`);
  const {target, tls, login} = parsed;
  return connectRedis({target, tls, credentials: () => login, timeoutMs: 2000, onDown() {}, onUp() {}, ...changes});
}

/** A cluster may have to elect its masters first, on a machine that is busy with other things. */
const clusterLimitMs = 60_000;

/** The servers of a cluster, each with a replica that is waited for; resolves when they answer. */
export async function connectToCluster({nodes}: Pick<Cluster, 'nodes'>): Promise<OpenRedisServers> {
  const servers = openRedisServers({
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
  const answers = () =>
    servers.ping().then(
      () => true,
      () => false,
    );
  await until('the cluster', answers, clusterLimitMs);
  return servers;
}
