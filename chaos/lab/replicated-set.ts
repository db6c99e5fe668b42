import {randomBytes} from 'node:crypto';
import path from 'node:path';
import {type Address, hostAndPort} from './address.ts';
import {freePort} from './free-port.ts';
import type {Network} from './network.ts';
import {owning} from './owned.ts';
import type {RedisServerName} from './program.ts';
import {RedisNode} from './redis-node.ts';
import type {RedisSettings} from './settings.ts';
import {type Persistence, persistenceSettings} from './single-redis.ts';
import {waitUntil} from './wait-until.ts';
import {openWorkplace} from './workplace.ts';

export interface ReplicatedSetOptions {
  /** @default 'redis-server' */
  readonly server?: RedisServerName;
  /** @default 2 */
  readonly replicas?: number;
  /** After which a sentinel holds an instance that does not answer for down. @default 1100, the least that its 1 s of pings allows */
  readonly downAfterMs?: number;
  /** @default 30000 */
  readonly failoverTimeoutMs?: number;
  /** @default 'everysec' */
  readonly persistence?: Persistence;
  /** More for every Redis. */
  readonly settings?: RedisSettings;
  /** Where every link between two processes can be disturbed. @default none: all reach each other directly */
  readonly network?: Network;
  /** Where logs go, without ending. @default nowhere that stays */
  readonly logPath?: string;
}

/** A master and replicas, watched by three sentinels of which two decide. */
export interface ReplicatedSet extends AsyncDisposable {
  readonly masterName: string;
  readonly nodes: readonly RedisNode[];
  readonly sentinels: readonly RedisNode[];
  /** For REDIS_SENTINELS. */
  readonly sentinelAddresses: string;
  /** The node that one sentinel names; undefined where it names none, or does not answer. */
  masterAccordingTo(sentinel: RedisNode): Promise<RedisNode | undefined>;
  /** The node that most of the sentinels that answer name. */
  master(): Promise<RedisNode>;
  /** Resolves with the master when the sentinels name one other than `former` that takes writes, and at least `replicas` follow it. */
  settled(options?: {former?: RedisNode; replicas?: number; timeoutMs?: number}): Promise<RedisNode>;
  /** Starts a node as what the sentinels say that it is: a former master comes back as a replica. */
  restart(node: RedisNode): Promise<void>;
  /** Starts whatever does not run, after all of it was gone: the last master that the sentinels knew leads. */
  restartAll(): Promise<void>;
}

const MASTER_NAME = 'otp';
const QUORUM = 2;
const SENTINELS = 3;
const SETTLED_MS = 30_000;

export function startReplicatedSet(options: ReplicatedSetOptions = {}): Promise<ReplicatedSet> {
  const {replicas = 2} = options;
  return owning(async (owned) => {
    const place = owned.use(await openWorkplace(options.logPath));
    const own = async (name: string, settings: (address: Address) => RedisSettings, mode: readonly string[] = []) => {
      const port = await freePort();
      const address = (await options.network?.publish(name, port)) ?? {host: '127.0.0.1', port};
      return owned.use(
        new RedisNode({
          name,
          server: options.server ?? 'redis-server',
          port,
          address,
          directory: path.join(place.directory, name),
          logFile: place.logFile(name),
          mode,
          settings: {...sourceOf(name, options.network), ...settings(address)},
        }),
      );
    };
    const nodes: RedisNode[] = [];
    for (let index = 0; index <= replicas; index++) {
      nodes.push(await own(`redis-${index}`, (address) => redisSettings(address, options)));
    }
    const [first, ...rest] = nodes;
    if (!first) throw new Error('a set needs a master');
    await first.start();
    await Promise.all(rest.map((node) => node.start(replicaOf(first))));
    await waitUntil('replication', SETTLED_MS, async () => (await followers(first)) >= replicas);

    const ids = Array.from({length: SENTINELS}, () => randomBytes(20).toString('hex'));
    const sentinels: RedisNode[] = [];
    for (let index = 0; index < SENTINELS; index++)
      sentinels.push(await own(`sentinel-${index}`, announced, ['--sentinel']));
    // Told of each other and of the replicas at the start: finding out would take them several seconds.
    await Promise.all(
      sentinels.map((sentinel, index) =>
        sentinel.start(sentinelSettings({index, ids, sentinels, master: first, replicas: rest}, options)),
      ),
    );
    const set = handlesOf(nodes, sentinels);
    await set.settled({replicas});
    return set;
  });
}

function handlesOf(nodes: readonly RedisNode[], sentinels: readonly RedisNode[]) {
  const master = async () => {
    const named = await Promise.all(sentinels.map((sentinel) => masterAccordingTo(sentinel, nodes)));
    const votes = Map.groupBy(
      named.filter((node) => node !== undefined),
      (node) => node,
    );
    const [winner] = [...votes].toSorted(([, a], [, b]) => b.length - a.length);
    if (!winner) throw new Error('no sentinel names a master');
    return winner[0];
  };
  const restart = async (node: RedisNode) => {
    const leader = await master();
    await node.start(node === leader ? {} : replicaOf(leader));
  };
  return {
    masterName: MASTER_NAME,
    masterAccordingTo: (sentinel: RedisNode) => masterAccordingTo(sentinel, nodes),
    nodes,
    sentinels,
    sentinelAddresses: sentinels.map(({address}) => hostAndPort(address)).join(','),
    master,
    restart,
    async settled({
      former,
      replicas = 1,
      timeoutMs = SETTLED_MS,
    }: {
      former?: RedisNode;
      replicas?: number;
      timeoutMs?: number;
    } = {}) {
      let settledOn: RedisNode | undefined;
      await waitUntil(
        `a master${former ? ` other than ${former.name}` : ''} with ${replicas} replicas`,
        timeoutMs,
        async () => {
          const candidate = await master().catch(() => undefined);
          if (!candidate || candidate === former || (await followers(candidate).catch(() => -1)) < replicas)
            return false;
          settledOn = candidate;
          return true;
        },
      );
      if (!settledOn) throw new Error('no master');
      return settledOn;
    },
    async restartAll() {
      for (const sentinel of sentinels) await sentinel.resume();
      await Promise.all(nodes.map(restart));
    },
  };
}

/** How many replicas a master has that are up to date; -1 for one that is no master. */
async function followers(node: RedisNode): Promise<number> {
  const replication = await node.info('replication');
  if (replication.role !== 'master') return -1;
  return Object.entries(replication).filter(
    ([name, value]) => /^slave\d+$/.test(name) && value.includes('state=online'),
  ).length;
}

async function masterAccordingTo(sentinel: RedisNode, nodes: readonly RedisNode[]): Promise<RedisNode | undefined> {
  try {
    const [, port] = (await sentinel.command('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', MASTER_NAME)) as [string, string];
    return nodes.find(({address}) => address.port === Number(port));
  } catch {
    return undefined;
  }
}

function redisSettings(address: Address, options: ReplicatedSetOptions): RedisSettings {
  const {replicas = 2, persistence = 'everysec', settings = {}} = options;
  return {
    ...persistenceSettings(persistence),
    'replica-announce-ip': address.host,
    'replica-announce-port': address.port,
    // Users of their own, so that a scenario can take from one what the others keep.
    user: ['sentinel on >sentinel allchannels allcommands', 'replica on >replica +psync +replconf +ping'],
    masteruser: 'replica',
    masterauth: 'replica',
    'min-replicas-to-write': Math.min(1, replicas),
    'min-replicas-max-lag': 5,
    'repl-backlog-ttl': 0,
    'repl-diskless-sync-delay': 0,
    ...settings,
  };
}

function announced({host, port}: Address): RedisSettings {
  return {'sentinel announce-ip': host, 'sentinel announce-port': port};
}

interface Around {
  readonly index: number;
  readonly ids: readonly string[];
  readonly sentinels: readonly RedisNode[];
  readonly master: RedisNode;
  readonly replicas: readonly RedisNode[];
}

function sentinelSettings(
  {index, ids, sentinels, master, replicas}: Around,
  options: ReplicatedSetOptions,
): RedisSettings {
  const {downAfterMs = 1_100, failoverTimeoutMs = 30_000} = options;
  const others = sentinels.flatMap(({address}, other) =>
    other === index ? [] : [`${MASTER_NAME} ${address.host} ${address.port} ${ids[other]}`],
  );
  return {
    'sentinel myid': ids[index] ?? '',
    'sentinel monitor': `${MASTER_NAME} ${master.address.host} ${master.address.port} ${QUORUM}`,
    'sentinel auth-user': `${MASTER_NAME} sentinel`,
    'sentinel auth-pass': `${MASTER_NAME} sentinel`,
    'sentinel down-after-milliseconds': `${MASTER_NAME} ${downAfterMs}`,
    'sentinel failover-timeout': `${MASTER_NAME} ${failoverTimeoutMs}`,
    'sentinel parallel-syncs': `${MASTER_NAME} 1`,
    'sentinel known-replica': replicas.map(({address}) => `${MASTER_NAME} ${address.host} ${address.port}`),
    'sentinel known-sentinel': others,
  };
}

function replicaOf({address}: RedisNode): RedisSettings {
  return {replicaof: `${address.host} ${address.port}`};
}

function sourceOf(name: string, network: Network | undefined): RedisSettings {
  return network ? {'bind-source-addr': network.sourceAddressOf(name)} : {};
}
