import {EventEmitter} from 'node:events';
import {pino} from 'pino';
import {afterAll, beforeAll, expect, it, vi} from 'vitest';
import {type Cluster, type Shard, startCluster} from '../../chaos/lab/cluster.ts';
import {createInstance} from '../domain/verification-id.ts';
import {limits, noWaits, right, verification} from '../store/contract/support.ts';
import {rateLimitKey} from '../store/keys.ts';
import type {OpenRedisServers} from '../store/redis/servers.ts';
import {RedisHandover} from '../store/redis-handover.ts';
import {RedisStore} from '../store/redis-store.ts';
import type {Address} from '../store/store.ts';
import {createAddressBook} from '../testing/addresses.ts';
import {connectToServers} from '../testing/redis-connection.ts';
import {until} from '../testing/until.ts';
import {type Fallback, openFallback} from './open-fallback.ts';
import {reaches} from './reach.ts';

const startMs = 60_000;
const book = createAddressBook();
const instance = createInstance();
const resources = new AsyncDisposableStack();
let cluster: Cluster;
let dying: Shard;
let servers: OpenRedisServers;
let direct: RedisStore;
let fallback: Fallback;

beforeAll(async () => {
  // Without replicas, so that nobody takes over.
  cluster = resources.use(
    await startCluster({replicasPerShard: 0, nodeTimeoutMs: 20_000, settings: {'cluster-require-full-coverage': 'no'}}),
  );
  [dying] = cluster.shards as [Shard];
  const nodes = cluster.nodes.map(({port}) => ({host: '127.0.0.1', port}));
  const connected = new EventEmitter<{connected: []}>();
  servers = await connectToServers(
    {kind: 'cluster', nodes},
    {waitReplicas: 0, timeoutMs: 500, onConnected: () => connected.emit('connected')},
    startMs,
  );
  resources.defer(() => servers.close());
  direct = new RedisStore({servers, timings: noWaits});
  fallback = openFallback({
    instance,
    shared: direct,
    handover: new RedisHandover({servers, timings: noWaits}),
    onConnected: (listener) => connected.on('connected', listener),
    deadlineMs: 2000,
    timings: noWaits,
    probeEveryMs: 200,
    log: pino({level: 'silent'}),
  });
  resources.defer(() => fallback.stop(0));
}, startMs);
afterAll(() => resources.disposeAsync());

const isDying = (partition: number) => servers.part(rateLimitKey(`p${String(partition).padStart(2, '0')}`)) === part();
const part = () => `127.0.0.1:${dying.master.port}`;
/** So many recipients of the shard that dies, or of the others. */
const take = (count: number, name: string, ofDying: boolean): string[] =>
  Array.from({length: 1000}, (_, i) => `${name}${i}`)
    .filter((recipient) => isDying(book.draft(recipient, verification()).partition) === ofDying)
    .slice(0, count);

async function create(recipient: string, changes: Parameters<typeof verification>[0] = {}): Promise<Address> {
  const outcome = await fallback.store.create(book.draft(recipient, verification(changes)));
  if (outcome.kind !== 'created') throw new Error(outcome.kind);
  const address = book.parse(outcome.id);
  if (address === undefined) throw new Error('no id of ours');
  return address;
}

it('a shard without a master is stood in for, and the others are served by Redis as if nothing were', async () => {
  const old = {
    dying: await Promise.all(take(3, 'ada', true).map((recipient) => create(recipient))),
    others: await Promise.all(take(20, 'ada', false).map((recipient) => create(recipient))),
  };
  expect([...old.dying, ...old.others].map(({owner}) => owner)).toEqual(Array(23).fill(undefined));

  await dying.master.kill();
  const [held, kept] = [take(20, 'bob', true), take(20, 'bob', false)];
  const heldAt: Address[] = [];
  const [lastOld] = old.dying as [Address];
  for (const [index, where] of old.others.entries()) {
    // Failures there between answers here.
    await expect(fallback.store.read(lastOld)).rejects.toMatchObject({effect: 'not_executed'});
    heldAt.push(await create(held[index] ?? ''));
    expect(await fallback.store.check(where, right, limits)).toMatchObject({kind: 'approved'});
    const fresh = await create(kept[index] ?? '');
    expect(fresh.owner).toBeUndefined();
    expect(await direct.read(fresh)).toMatchObject({kind: 'found'});
    await fallback.store.unlock(fresh.partition, [fresh.recipientTag]);
  }
  expect(heldAt.map(({owner}) => owner)).toEqual(Array(20).fill(instance));
  await expect(fallback.store.unlock(lastOld.partition, [lastOld.recipientTag])).rejects.toMatchObject({
    effect: 'not_executed',
  });
  expect([fallback.isOpen, fallback.isActive, fallback.size]).toEqual([true, true, 20]);
  const status = fallback.part.status();
  const unreached = Array.from({length: 64}, (_, partition) => partition).filter((each) => !reaches(status, each));
  expect(unreached).toEqual(Array.from({length: 64}, (_, partition) => partition).filter(isDying));
  expect(unreached.length).toBeGreaterThan(0);

  // A limit that lies in the dead shard: memory takes the creation, and the recipient goes to its own shard, which is there.
  const limitTag = Array.from({length: 100}, (_, i) => `limit${i}`).find(
    (tag) => servers.part(rateLimitKey(tag)) === part(),
  );
  const rateLimits = [{tag: limitTag ?? '', count: 100, periodMs: 60_000}];
  const runs = vi.spyOn(servers, 'run');
  for (const recipient of take(10, 'cyd', false)) {
    const where = await create(recipient, {rateLimits});
    expect(where.owner).toBe(instance);
    await until('its shard', async () => (await direct.read(where)).kind === 'found');
    expect(await fallback.store.check(where, right, limits)).toMatchObject({kind: 'approved'});
  }
  expect(fallback.part.status()).toEqual(status);
  // Nobody waits for it.
  expect(runs.mock.calls.filter(([{name}]) => name === 'charge')).toEqual([]);
  runs.mockRestore();

  await dying.master.start();
  await until('the recovery', () => !fallback.isActive);
  for (const where of heldAt) expect(await direct.check(where, right, limits)).toMatchObject({kind: 'approved'});
  expect(await fallback.store.check(lastOld, right, limits)).toMatchObject({kind: 'approved'});
  expect(fallback.part.status()).toMatchObject({reachesStore: true});
}, 60_000);
