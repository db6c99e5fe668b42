import {randomUUID} from 'node:crypto';
import {afterAll, afterEach, beforeAll, describe, expect, it} from 'vitest';
import {createAddressBook} from '../../testing/addresses.ts';
import {connectToServers, serverAt} from '../../testing/redis-connection.ts';
import {aging} from '../../testing/redis-leap.ts';
import type {RedisProgram, RedisServer} from '../../testing/redis-server.ts';
import {type ReplicatedRedis, startReplicatedRedis} from '../../testing/replicated-redis.ts';
import {codesContract} from '../contract/codes.ts';
import {requestsContract} from '../contract/requests.ts';
import {limits, noWaits, right, verification, wrong} from '../contract/support.ts';
import {RedisOutbox} from '../redis-outbox.ts';
import {RedisStore} from '../redis-store.ts';
import type {Idempotency} from '../store.ts';
import type {RedisServersOptions} from './open-servers.ts';
import {lineageIn} from './replication-info.ts';
import type {OpenRedisServers} from './servers.ts';

const request: Idempotency = {tag: 'request', fingerprint: 'f'};
const book = createAddressBook();
const {address, parse} = book;
/** Of a replica that does not answer nobody needs to wait long. */
const impatient = {waitMs: 200};

describe.each<RedisProgram>(['redis-server', 'valkey-server'])('on %s, a store with a replica', (program) => {
  let redis: ReplicatedRedis;
  const opened: OpenRedisServers[] = [];
  const heard = {batches: [] as number[], unreplicated: 0};

  async function connect(server: RedisServer, changes: Partial<RedisServersOptions> = {}) {
    const servers = await connectToServers(serverAt(server), {
      observer: {batch: (size) => heard.batches.push(size), unreplicated: (count) => (heard.unreplicated += count)},
      ...changes,
    });
    opened.push(servers);
    return servers;
  }
  const storeOn = async (server: RedisServer, changes: Partial<RedisServersOptions> = {}) =>
    new RedisStore({servers: await connect(server, changes), fenced: true, timings: noWaits});

  beforeAll(async () => {
    redis = await startReplicatedRedis({program});
  });
  afterAll(async () => {
    for (const each of opened) each.close();
    await redis[Symbol.asyncDispose]();
  });

  it('waits once for many that come together', async () => {
    const store = await storeOn(redis.master);
    await store.create(address('first'), verification());
    heard.batches = [];
    await redis.admin.config('RESETSTAT');
    await Promise.all(Array.from({length: 600}, (_, i) => store.create(address(`together${i}`), verification())));
    expect(heard.batches.reduce((sum, size) => sum + size)).toBe(600);
    expect(heard.batches.slice(0, 2)).toEqual([256, 256]);
    expect(heard.batches.length).toBeLessThanOrEqual(4);
    const stats = await redis.admin.info('commandstats');
    expect(stats).toContain(`cmdstat_wait:calls=${heard.batches.length},`);
  });

  it('acknowledges no change that the replica does not have, nor anything that would tell of it', async () => {
    const patient = await storeOn(redis.master);
    const [store, other] = [await storeOn(redis.master, impatient), await storeOn(redis.master, impatient)];
    const where = address('ada');
    await patient.create(where, verification());
    heard.unreplicated = 0;
    redis.replica.freeze();
    try {
      const unreplicated = {effect: 'executed_unreplicated'};
      await expect(store.check(where, right, limits, request)).rejects.toMatchObject(unreplicated);
      expect(heard.unreplicated).toBe(1);
      // Over another connection, which has written nothing that the replica lacks.
      await expect(other.check(where, right, limits, request)).rejects.toMatchObject(unreplicated);
      await expect(other.check(where, right, limits)).rejects.toMatchObject(unreplicated);
      await expect(other.read(where)).rejects.toMatchObject(unreplicated);
      await expect(other.cancel(where)).rejects.toMatchObject(unreplicated);
      const created = {tag: 'created', fingerprint: 'f'};
      await expect(store.create(address('bob'), verification(), created)).rejects.toMatchObject(unreplicated);
      await expect(other.create(address('bob'), verification(), created)).rejects.toMatchObject(unreplicated);
    } finally {
      redis.replica.thaw();
    }
    await redis.inSync();
    expect(await patient.check(where, right, limits, request)).toMatchObject({kind: 'approved'});
    expect(await patient.read(where)).toMatchObject({snapshot: {status: 'approved'}});
  });

  it('acknowledges no unlock and no erasure that the replica does not have, also where there is nothing left to do', async () => {
    const where = address('ada');
    const store = await storeOn(redis.master);
    await store.create(where, verification());
    await store.check(where, wrong, limits);
    await redis.inSync();
    redis.replica.freeze();
    try {
      for (const undo of ['unlock', 'erase'] as const)
        for (const _ of ['at first', 'again']) {
          // Over a connection that has written nothing yet.
          const fresh = await storeOn(redis.master, impatient);
          await expect(fresh[undo](where.partition, [where.recipientTag]), undo).rejects.toMatchObject({
            effect: 'executed_unreplicated',
          });
        }
    } finally {
      redis.replica.thaw();
    }
    await redis.inSync();
    await store.erase(where.partition, [where.recipientTag]);
    expect(await store.read(where)).toEqual({kind: 'not_found'});
  });

  it('says that nothing happened while there is no connection', async () => {
    const opened = await connect(redis.master);
    opened.close();
    await expect(new RedisStore({servers: opened}).read(address('ada'))).rejects.toMatchObject({
      effect: 'not_executed',
    });
  });

  // The servers differ in what they replicate and confirm, not in what a script does.
  if (program === 'redis-server')
    describe('keeps what every store keeps:', () => {
      let servers: OpenRedisServers;
      beforeAll(async () => {
        servers = await connect(redis.master);
        await redis.admin.flushall();
      });
      const open = (timings = noWaits) => {
        const store = new RedisStore({servers, fenced: true, timings});
        const blocking = servers.connection('');
        const outbox = new RedisOutbox({servers, blocking, consumer: randomUUID(), store, addressOf: parse});
        return {store, outbox, ...aging(servers, book)};
      };
      afterEach(async () => {
        await redis.admin.flushall();
      });
      codesContract(open);
      requestsContract(open);
    });

  // The last of this server pair: it ends with two masters.
  it('loses a code when another server has taken over, unless its policy lets it survive or the switch was a planned one', async () => {
    const before = await storeOn(redis.master);
    const [fenced, surviving, finished, late] = [address('ada'), address('bob'), address('eve'), address('joe')];
    await before.create(fenced, verification());
    await before.create(surviving, verification({survivesFailover: true}));
    await before.create(finished, verification());
    await before.check(finished, right, limits, {tag: 'finished', fingerprint: 'f'});
    const lineageOf = async (admin: ReplicatedRedis['admin']) => lineageIn(await admin.info('replication')) ?? '';
    const old = await lineageOf(redis.admin);
    await redis.replicaAdmin.replicaof('NO', 'ONE');
    const current = await lineageOf(redis.replicaAdmin);
    expect(current).not.toBe(old);

    // Nobody replicates from the new one yet.
    const servers = await connect(redis.replica, {waitReplicas: 0});
    const after = new RedisStore({servers, fenced: true, timings: noWaits});
    const lost = {kind: 'final', snapshot: {status: 'lost', failedChecks: 0}};
    expect(await after.check(fenced, right, limits)).toMatchObject(lost);
    expect(await after.check(fenced, wrong, limits)).toMatchObject(lost);
    expect(await after.read(fenced)).toMatchObject({snapshot: {status: 'lost'}});
    expect(await after.cancel(fenced)).toMatchObject(lost);
    expect(await after.check(surviving, right, limits)).toMatchObject({kind: 'approved'});
    expect(await after.read(finished)).toMatchObject({snapshot: {status: 'approved'}});
    expect(await after.check(finished, right, limits, {tag: 'finished', fingerprint: 'f'})).toMatchObject({
      kind: 'approved',
    });
    await after.create(late, verification());
    expect(await after.check(late, right, limits)).toMatchObject({kind: 'approved'});

    await redis.replicaAdmin.hset('otp:lineage', current, 'f'.repeat(40), 'f'.repeat(40), old);
    expect(await after.check(fenced, right, limits)).toMatchObject({kind: 'approved'});
  });
});
