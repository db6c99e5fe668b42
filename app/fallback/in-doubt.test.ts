import {pino} from 'pino';
import {afterEach, describe, expect, it} from 'vitest';
import {limits, noWaits, right, verification, wrong} from '../store/contract/support.ts';
import type {Holding} from '../store/holding.ts';
import {lineageKey, outboxKey, verificationKey} from '../store/keys.ts';
import {lineageIn} from '../store/redis/replication-info.ts';
import {type RedisServers, singleServer} from '../store/redis/servers.ts';
import {RedisHandover} from '../store/redis-handover.ts';
import {RedisStore} from '../store/redis-store.ts';
import {type NewVerification, StoreError} from '../store/store.ts';
import {createAddressBook} from '../testing/addresses.ts';
import {connectTo} from '../testing/redis-connection.ts';
import {startRedis} from '../testing/redis-server.ts';
import {succeeds, until} from '../testing/until.ts';
import {FallbackStore} from './fallback-store.ts';
import {PartBreakers} from './part-breakers.ts';
import {Recovery} from './recovery.ts';

let resources = new AsyncDisposableStack();
afterEach(async () => {
  await resources.disposeAsync();
  resources = new AsyncDisposableStack();
});

const request = {tag: 'creation', fingerprint: 'f'};
const lost = {kind: 'final', snapshot: {status: 'lost', failedChecks: 1, budget: {failures: 1}}};

/** Redis, a process' way to it that can be disturbed, and a recipient that the process holds: a failure and a good code. */
async function start(changes: Partial<NewVerification> = {}) {
  const redis = resources.use(await startRedis());
  const connection = connectTo(redis.url);
  resources.defer(() => connection.disconnect());
  const server = singleServer(connection);
  const store = new RedisStore({servers: server, timings: noWaits});
  const isThere = () => until('Redis', () => succeeds(store.ping()));
  await isThere();

  const disturbance: {lost: 'nothing' | 'answers' | 'requests'; before?: () => Promise<void>} = {lost: 'nothing'};
  const servers: RedisServers = {
    ...server,
    async run(call) {
      await disturbance.before?.();
      const reply = disturbance.lost === 'requests' ? undefined : await server.run(call);
      if (disturbance.lost === 'nothing') return reply;
      throw new StoreError('unknown', `${disturbance.lost} are lost`);
    },
  };
  const handover = new RedisHandover({servers, timings: noWaits});

  const memory = new FallbackStore({processes: () => 1, timings: noWaits});
  const {address, draft} = createAddressBook();
  const where = address('ada');
  await memory.create(where, verification(changes), request);
  await memory.check(where, wrong, limits);
  return {
    redis,
    connection,
    store,
    handover,
    memory,
    address,
    draft,
    where,
    disturbance,
    async restart(data: 'its' | 'older' | 'no') {
      await redis.restart(data);
      await isThere();
    },
    lineage: async () => lineageIn(await connection.info('replication')) ?? '',
    async adoption() {
      const sent = Promise.withResolvers<Holding>();
      await memory.move(where, async (holding) => {
        sent.resolve(holding);
        return 'taken';
      });
      return handover.adoption(await sent.promise, 'process-one', 1);
    },
  };
}

const inDoubt = {effect: 'unknown'};

describe('a hand-over in doubt', () => {
  it.each(['no', 'older'] as const)('brings no code back to life where Redis is back with %s data', async (data) => {
    const {redis, connection, store, handover, memory, address, where, disturbance, restart} = await start();
    const parts = {partOf: () => 'all', probe: () => store.ping()};
    const breakers = new PartBreakers({parts, onChange() {}, probeEveryMs: 50});
    breakers.start();
    resources.defer(() => breakers.stop());
    const log = pino({level: 'silent'});
    const recovery = new Recovery({instance: 'process-one', fallback: memory, breakers, handover, log});
    await redis.backUp();
    disturbance.lost = 'answers';
    const bringing = recovery.bring(where);
    await until('the hand-over', async () => (await store.read(where)).kind === 'found');
    expect(await store.check(where, right, limits)).toMatchObject({kind: 'approved'});
    disturbance.lost = 'requests';
    await restart(data);
    expect(await store.read(where)).toEqual({kind: 'not_found'});
    disturbance.lost = 'nothing';
    expect(await bringing).toBe('taken');

    expect(await store.check(where, right, limits)).toMatchObject(lost);
    // Its message and its secrets are gone, and who asks for a new one has that.
    expect(await connection.exists(outboxKey(where.partition))).toBe(0);
    const record = await connection.get(verificationKey(where.partition, where.tag));
    for (const secret of [right.mac, 'sealed-address']) expect(record).not.toContain(secret);
    expect(await store.create(where, verification(), request)).toMatchObject({kind: 'created', id: where.id});
    const next = address('ada');
    await store.create(next, verification());
    expect(await store.check(next, right, limits)).toMatchObject({kind: 'approved'});
  });

  it('is meant for the lineage of its first sending, however often it is repeated', async () => {
    const {store, where, disturbance, restart, ...test} = await start();
    const adoption = await test.adoption();
    disturbance.lost = 'answers';
    await expect(adoption.send()).rejects.toMatchObject(inDoubt);
    await restart('no');
    await expect(adoption.send()).rejects.toMatchObject(inDoubt);
    disturbance.lost = 'nothing';
    await restart('no');
    expect(await adoption.send()).toBe('codes_lost');
    expect(await adoption.send()).toBe('taken');
    expect(await store.check(where, right, limits)).toMatchObject(lost);
  });

  it('is taken over once where Redis has the same data, or has them again', async () => {
    const {store, where, disturbance, restart, ...test} = await start();
    const adoption = await test.adoption();
    disturbance.lost = 'answers';
    await expect(adoption.send()).rejects.toMatchObject(inDoubt);
    disturbance.lost = 'nothing';
    expect(await adoption.send()).toBe('taken');
    expect(await store.read(where)).toMatchObject({snapshot: {status: 'pending', budget: {failures: 1}}});
    expect(await store.check(where, right, limits)).toMatchObject({kind: 'approved'});
    await restart('its');
    expect(await adoption.send()).toBe('taken');
    expect(await store.check(where, right, limits)).toMatchObject({kind: 'final', snapshot: {status: 'approved'}});
  });

  it.each([
    ['keeps its codes on a server that continues the lineage', true],
    ['loses its codes on any other server: nobody can tell', false],
  ])('that did not arrive %s', async (_, continued) => {
    const {connection, store, where, disturbance, restart, lineage, ...test} = await start();
    const adoption = await test.adoption();
    disturbance.lost = 'requests';
    await expect(adoption.send()).rejects.toMatchObject(inDoubt);
    disturbance.lost = 'nothing';
    const old = await lineage();
    await restart('its');
    if (continued) await connection.hset(lineageKey(), await lineage(), old);
    expect(await adoption.send()).toBe(continued ? 'taken' : 'codes_lost');
    expect(await store.check(where, right, limits)).toMatchObject(continued ? {kind: 'approved'} : lost);
  });
});

it('a code lives no longer because its hand-over took long', async () => {
  const lifetimeMs = 1000;
  const {store, where, disturbance, ...test} = await start({lifetimeMs});
  const adoption = await test.adoption();
  const endsAt = performance.now() + lifetimeMs;
  disturbance.lost = 'requests';
  await until('the expiry', () => adoption.send().catch(() => performance.now() > endsAt));
  disturbance.lost = 'nothing';
  expect(await adoption.send()).toBe('taken');
  expect(await store.check(where, right, limits)).toMatchObject({kind: 'final', snapshot: {status: 'expired'}});
});

it('a code lives no longer because Redis stood still with its hand-over in hand', async () => {
  const lifetimeMs = 1000;
  const {redis, store, connection, where, ...test} = await start({lifetimeMs});
  const adoption = await test.adoption();
  const endsAt = performance.now() + lifetimeMs;
  // Its question is answered still.
  test.disturbance.before = async () => redis.freeze();
  const sending = adoption.send().catch(() => {});
  await until('the expiry', () => performance.now() > endsAt);
  redis.thaw();
  await sending;
  await until(
    'the hand-over',
    async () => (await connection.exists(verificationKey(where.partition, where.tag))) === 1,
  );
  expect(await store.check(where, right, limits)).toMatchObject({kind: 'final', snapshot: {status: 'expired'}});
});

it('a code is not accepted under the id of its owner when it was under that of its copy in the store', async () => {
  const {store, memory, draft, handover} = await start();
  const drafted = draft('eve', verification());
  const [copy, held] = [drafted.addressTo(), drafted.addressTo('process-one')];
  await memory.create(held.address, {...held.verification, storeMayHaveCopy: true});
  await store.create(copy.address, copy.verification);
  expect(await store.check(copy.address, right, limits)).toMatchObject({kind: 'approved'});
  await memory.move(held.address, async (holding) => {
    await handover.adoption(holding, 'process-one', 2).send();
    return 'taken';
  });
  expect(await store.check(copy.address, right, limits)).toMatchObject({kind: 'final', snapshot: {status: 'approved'}});
  expect(await store.check(held.address, right, limits)).toMatchObject({
    kind: 'final',
    snapshot: {status: 'superseded'},
  });
});

describe('a hand-over that was certainly not done', () => {
  it('brings its codes to whatever data Redis is back with', async () => {
    const {redis, store, where, restart, ...test} = await start();
    const adoption = await test.adoption();
    await redis.kill();
    await expect(adoption.send()).rejects.toMatchObject({effect: 'not_executed'});
    expect(adoption.inDoubt).toBe(false);
    await restart('no');
    expect(await adoption.send()).toBe('taken');
    expect(await store.check(where, right, limits)).toMatchObject({kind: 'approved'});
  });

  it('is refused by a server that has taken over since the other was asked, and meant for that then', async () => {
    const {store, where, disturbance, restart, ...test} = await start();
    const adoption = await test.adoption();
    let sendings = 0;
    disturbance.before = async () => {
      if (++sendings === 1) await restart('no');
    };
    expect(await adoption.send()).toBe('taken');
    expect(sendings).toBe(2);
    expect(await store.check(where, right, limits)).toMatchObject({kind: 'approved'});
  });
});
