import {randomUUID} from 'node:crypto';
import type {Redis} from 'ioredis';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {createAddressBook} from '../../testing/addresses.ts';
import {connectToServers, serverAt} from '../../testing/redis-connection.ts';
import type {RedisProgram, RedisServer} from '../../testing/redis-server.ts';
import {type ReplicatedRedis, startReplicatedRedis} from '../../testing/replicated-redis.ts';
import {code, limits, minute, noWaits, receiveAll, right, verification, wrong} from '../contract/support.ts';
import {RedisAnnouncements} from '../redis-announcements.ts';
import {RedisOutbox} from '../redis-outbox.ts';
import {RedisStore} from '../redis-store.ts';
import {type Idempotency, StoreUndecided} from '../store.ts';
import {lineageIn} from './replication-info.ts';
import type {OpenRedisServers} from './servers.ts';

const request: Idempotency = {tag: 'request', fingerprint: 'f'};
const {address, parse} = createAddressBook();
const lost = {kind: 'final', snapshot: {status: 'lost'}};
const asked = verification({rateLimits: [{tag: address('limit').tag, count: 100, periodMs: minute}]});

async function lineageOf(admin: Redis): Promise<string> {
  return lineageIn(await admin.info('replication')) ?? '';
}

describe.each<RedisProgram>(['redis-server', 'valkey-server'])('on %s, a store in a planned switch', (program) => {
  let redis: ReplicatedRedis;
  let old: string;
  let store: RedisStore;
  let servers: OpenRedisServers;
  const opened: OpenRedisServers[] = [];
  const where = {
    pending: address('ada'),
    other: address('bob'),
    approved: address('eve'),
    surviving: address('joe'),
    undelivered: address('kim'),
  };

  async function connect(server: RedisServer) {
    const connected = await connectToServers(serverAt(server), {waitReplicas: 0});
    opened.push(connected);
    return connected;
  }
  /** What the new master has got from the old one, in time, about the switch. */
  const announce = (lineage: string, leftMs: number) =>
    redis.replicaAdmin.hset('otp:lineage', 'switching', `${lineage} ${Date.now() + leftMs}`);

  beforeAll(async () => {
    redis = await startReplicatedRedis({program});
    const before = new RedisStore({servers: await connect(redis.master), fenced: true, timings: noWaits});
    for (const [name, each] of Object.entries(where))
      await before.create(each, {...asked, survivesFailover: name === 'surviving'});
    await before.check(where.approved, right, limits, request);
    old = await lineageOf(redis.admin);
    await redis.admin.hset('otp:lineage', 'switching', `${old} ${Date.now() + 8000}`);
    await redis.inSync();
    await redis.replicaAdmin.replicaof('NO', 'ONE');
    servers = await connect(redis.replica);
    store = new RedisStore({servers, fenced: true, timings: noWaits});
  });
  afterAll(async () => {
    for (const each of opened) each.close();
    await redis[Symbol.asyncDispose]();
  });

  it('says of open codes that nothing has been done yet, and serves what does not depend on the switch', async () => {
    const undecided = expect.any(StoreUndecided);
    await announce(old, 8000);
    for (const presented of [right, wrong])
      expect(await store.check(where.pending, presented, limits).catch((error) => error)).toEqual(undecided);
    expect(await store.read(where.pending).catch((error) => error)).toEqual(undecided);
    expect(await store.cancel(where.pending).catch((error) => error)).toEqual(undecided);
    expect(await store.resend(where.pending, code()).catch((error) => error)).toEqual(undecided);
    await expect(store.check(where.pending, right, limits)).rejects.toMatchObject({effect: 'not_executed'});
    // Of which nobody has told its caller that it has been done.
    expect(await store.create(where.pending, asked).catch((error) => error)).toEqual(undecided);

    expect(await store.check(where.surviving, right, limits)).toMatchObject({kind: 'approved'});
    expect(await store.read(where.approved)).toMatchObject({snapshot: {status: 'approved'}});
    expect(await store.check(where.approved, right, limits, request)).toMatchObject({kind: 'approved'});
    const fresh = address('fay');
    expect(await store.create(fresh, verification())).toMatchObject({kind: 'created'});
    expect(await store.check(fresh, right, limits)).toMatchObject({kind: 'approved'});
  });

  it('keeps a message that no provider has taken, and a report, until it is known what to do with them', async () => {
    const outbox = new RedisOutbox({
      servers,
      blocking: servers.connection(''),
      consumer: randomUUID(),
      store: new RedisStore({servers}),
      addressOf: parse,
    });
    const messages = await receiveAll(outbox);
    const message = messages.find(({address: {id}}) => id === where.undelivered.id);
    if (message === undefined) throw new Error('no message');
    await announce(old, 8000);
    await expect(outbox.settle(message, {kind: 'failed', reason: 'refused'})).rejects.toThrow('SWITCHING');
    const sent = messages.find(({address: {id}}) => id === where.other.id);
    if (sent === undefined) throw new Error('no message');
    await outbox.settle(sent, {kind: 'sent', provider: 'mail'});
    const reports = new RedisAnnouncements({servers, addressOf: parse});
    const report = {provider: 'mail', resends: 0, status: 'failed'} as const;
    await expect(reports.report(where.other, report)).rejects.toThrow('SWITCHING');

    await announce(old, -1);
    await outbox.settle(message, {kind: 'failed', reason: 'refused'});
    expect(await reports.report(where.other, report)).toBe('noted');
    expect(await receiveAll(outbox)).toEqual([]);
  });

  it.each([
    ['its time is over', () => announce(old, -1)],
    ['its time is that of another clock', () => announce(old, minute)],
    ['it was of a lineage before that', () => announce('f'.repeat(40), 8000)],
    ['it was withdrawn', () => redis.replicaAdmin.hset('otp:lineage', 'switching', '')],
    ['it was never announced', () => redis.replicaAdmin.hdel('otp:lineage', 'switching')],
  ])('says of open codes that they are lost where %s', async (_, prepare) => {
    await prepare();
    expect(await store.check(where.pending, right, limits)).toMatchObject(lost);
    expect(await store.read(where.pending)).toMatchObject({snapshot: {status: 'lost'}});
    expect(await store.create(where.pending, asked)).toMatchObject({kind: 'created', snapshot: {status: 'lost'}});
  });

  it('takes the code, with all its attempts, once it is known that nothing is missing', async () => {
    await announce(old, 8000);
    await redis.replicaAdmin.hset('otp:lineage', await lineageOf(redis.replicaAdmin), old, 'switching', '');
    expect(await store.create(where.pending, asked)).toMatchObject({kind: 'created', snapshot: {status: 'pending'}});
    expect(await store.check(where.pending, wrong, limits)).toMatchObject({
      kind: 'incorrect',
      snapshot: {failedChecks: 1},
    });
    expect(await store.check(where.pending, right, limits)).toMatchObject({kind: 'approved'});
  });
});
