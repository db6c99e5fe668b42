import type {Redis} from 'ioredis';
import type {Cluster} from '../../chaos/lab/cluster.ts';
import {connectRedis, type RedisConnectionOptions} from '../store/redis/connect.ts';
import {openRedisServers, type RedisServersOptions} from '../store/redis/open-servers.ts';
import type {OpenRedisServers} from '../store/redis/servers.ts';
import {parseRedisUrl, type RedisTarget} from '../store/redis/target.ts';
import {succeeds, until} from './until.ts';

/** So long that a server which answers does so on a busy machine too. */
const patientMs = 20_000;

/** A connection as the service makes it, to `redis://…`. */
export function connectTo(url: string, changes: Partial<RedisConnectionOptions> = {}): Redis {
  const parsed = parseRedisUrl(url);
  if (parsed === undefined) throw new TypeError(`${url} is no address of a Redis`);
  const {target, tls, login} = parsed;
  return connectRedis({
    target,
    tls,
    credentials: () => login,
    timeoutMs: patientMs,
    onDown() {},
    onUp() {},
    ...changes,
  });
}

/** How a test reaches one server of this machine. */
export function serverAt({port}: {readonly port: number}): RedisTarget {
  return {kind: 'standalone', host: '127.0.0.1', port, db: 0};
}

/** The servers as a store reaches them, a replica of each waited for; resolves when all connections are there. */
export async function connectToServers(
  target: RedisTarget,
  changes: Partial<RedisServersOptions> = {},
  limitMs?: number,
): Promise<OpenRedisServers> {
  let isUp = false;
  const servers = openRedisServers({
    target,
    tls: false,
    credentials: () => ({}),
    timeoutMs: patientMs,
    waitReplicas: 1,
    waitMs: patientMs / 2,
    observer: {batch() {}, unreplicated() {}},
    onDown() {},
    ...changes,
    onUp() {
      isUp = true;
      changes.onUp?.();
    },
  });
  try {
    await until('the servers', async () => (await succeeds(servers.ping())) && isUp, limitMs);
  } catch (error) {
    servers.close();
    throw error;
  }
  return servers;
}

/** A cluster may have to elect its masters first, on a machine that is busy with other things. */
const clusterLimitMs = 60_000;

/** The servers of a cluster, each with a replica that is waited for; resolves when they answer. */
export function connectToCluster({nodes}: Pick<Cluster, 'nodes'>): Promise<OpenRedisServers> {
  const target = {kind: 'cluster', nodes: nodes.map(({port}) => ({host: '127.0.0.1', port}))} as const;
  return connectToServers(target, {}, clusterLimitMs);
}
