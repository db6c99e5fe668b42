import path from 'node:path';
import {hostAndPort} from './address.ts';
import {freePort} from './free-port.ts';
import {owning} from './owned.ts';
import type {RedisServerName} from './program.ts';
import {RedisNode} from './redis-node.ts';
import type {RedisSettings} from './settings.ts';
import {persistenceSettings} from './single-redis.ts';
import {waitUntil} from './wait-until.ts';
import {openWorkplace} from './workplace.ts';

export interface ClusterOptions {
  /** @default 'redis-server' */
  readonly server?: RedisServerName;
  /** @default 3, the least that can elect */
  readonly shards?: number;
  /** @default 1 */
  readonly replicasPerShard?: 0 | 1;
  /** After which a node that does not answer is held for down. @default 2000 */
  readonly nodeTimeoutMs?: number;
  readonly settings?: RedisSettings;
  /** Where logs go, without ending. @default nowhere that stays */
  readonly logPath?: string;
}

export interface Shard {
  readonly master: RedisNode;
  readonly replica: RedisNode | undefined;
}

/** A Redis Cluster whose slots are divided evenly over its shards. */
export interface Cluster extends AsyncDisposable {
  /** As they were at the start: after a failover the replica is the master. */
  readonly shards: readonly Shard[];
  readonly nodes: readonly RedisNode[];
  /** For REDIS_CLUSTER. */
  readonly addresses: string;
  /** Resolves when all slots are served, in the eyes of every node that runs, and `leader` is a master. */
  settled(options?: {leader?: RedisNode | undefined; timeoutMs?: number}): Promise<void>;
}

const SLOTS = 16_384;
const SETTLED_MS = 30_000;

export function startCluster(options: ClusterOptions = {}): Promise<Cluster> {
  const {server = 'redis-server', shards: shardCount = 3, replicasPerShard = 1, nodeTimeoutMs = 2_000} = options;
  return owning(async (owned) => {
    const place = owned.use(await openWorkplace(options.logPath));
    const startNode = async (name: string) => {
      const node = owned.use(
        new RedisNode({
          name,
          server,
          port: await freePort(),
          directory: path.join(place.directory, name),
          logFile: place.logFile(name),
          settings: {
            ...persistenceSettings('everysec'),
            'cluster-enabled': 'yes',
            // The default, port + 10000, may be taken, or lie where outgoing connections get theirs.
            'cluster-port': await freePort(),
            'cluster-config-file': 'nodes.conf',
            'cluster-node-timeout': nodeTimeoutMs,
            'cluster-replica-validity-factor': 0,
            'repl-backlog-ttl': 0,
            'repl-diskless-sync-delay': 0,
            ...options.settings,
          },
        }),
      );
      await node.start();
      return node;
    };
    const shards: Shard[] = [];
    for (let index = 0; index < shardCount; index++) {
      shards.push({
        master: await startNode(`shard-${index}-a`),
        replica: replicasPerShard === 1 ? await startNode(`shard-${index}-b`) : undefined,
      });
    }
    const nodes = shards.flatMap(({master, replica}) => (replica ? [master, replica] : [master]));
    await join(shards, nodes);
    const isSettled = async (leader: RedisNode | undefined) => {
      if (leader && (await leader.info('replication')).role !== 'master') return false;
      const states = await Promise.all(nodes.filter(({isRunning}) => isRunning).map(isWhole));
      return states.every(Boolean);
    };
    const settled: Cluster['settled'] = ({leader, timeoutMs = SETTLED_MS} = {}) =>
      // A node that is busy, with a copy of all data perhaps, does not answer in time.
      waitUntil('a whole cluster', timeoutMs, () => isSettled(leader).catch(() => false));
    await settled();
    return {shards, nodes, addresses: nodes.map(({address}) => hostAndPort(address)).join(','), settled};
  });
}

async function join(shards: readonly Shard[], nodes: readonly RedisNode[]): Promise<void> {
  const perShard = Math.ceil(SLOTS / shards.length);
  await Promise.all(
    shards.map(({master}, index) => {
      const last = Math.min(SLOTS, (index + 1) * perShard) - 1;
      return master.command('CLUSTER', 'ADDSLOTSRANGE', String(index * perShard), String(last));
    }),
  );
  // Different from the start, so that no two masters have to settle who is older.
  await Promise.all(nodes.map((node, index) => node.command('CLUSTER', 'SET-CONFIG-EPOCH', String(index + 1))));
  const [first, ...rest] = nodes;
  if (!first) throw new Error('a cluster needs a node');
  const busPort = String(((await first.command('CONFIG', 'GET', 'cluster-port')) as string[])[1]);
  for (const node of rest) await node.command('CLUSTER', 'MEET', '127.0.0.1', String(first.port), busPort);
  await waitUntil('an acquaintance of all nodes', SETTLED_MS, async () => {
    const known = await Promise.all(nodes.map(async (node) => (await clusterInfo(node)).cluster_known_nodes));
    return known.every((count) => Number(count) === nodes.length);
  });
  await Promise.all(
    shards.map(async ({master, replica}) => {
      const masterId = String(await master.command('CLUSTER', 'MYID'));
      // The gossip about the master may not have reached its replica yet.
      await waitUntil('a replica of the shard', SETTLED_MS, () =>
        (replica?.command('CLUSTER', 'REPLICATE', masterId) ?? Promise.resolve()).then(
          () => true,
          () => false,
        ),
      );
      await waitUntil('replication in the shard', SETTLED_MS, async () => {
        const {connected_slaves: connected} = await master.info('replication');
        return Number(connected) === (replica ? 1 : 0);
      });
    }),
  );
}

async function isWhole(node: RedisNode): Promise<boolean> {
  const info = await clusterInfo(node);
  return info.cluster_state === 'ok' && Number(info.cluster_slots_ok) === SLOTS;
}

async function clusterInfo(node: RedisNode): Promise<Record<string, string>> {
  const text = String(await node.command('CLUSTER', 'INFO'));
  return Object.fromEntries(text.split('\r\n').map((line) => line.split(':') as [string, string]));
}
