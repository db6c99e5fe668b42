import {Redis} from 'ioredis';
import {describe, expect, it} from 'vitest';
import {createAddressBook} from '../../testing/addresses.ts';
import {connectToServers, serverAt} from '../../testing/redis-connection.ts';
import {type RedisServer, startRedis} from '../../testing/redis-server.ts';
import {startReplicatedRedis} from '../../testing/replicated-redis.ts';
import {limits, noWaits, right, verification} from '../contract/support.ts';
import {runScript} from '../redis-scripts.ts';
import {RedisStore} from '../redis-store.ts';
import {lineageIn} from './replication-info.ts';

const {address} = createAddressBook();

/** What moves with a slot: its codes, and the note of which lineage continues which. */
async function moveAll(from: Redis, to: RedisServer): Promise<void> {
  const keys = await from.keys('*');
  await from.call('MIGRATE', '127.0.0.1', to.port, '', 0, 5000, 'REPLACE', 'KEYS', ...keys);
}

async function lineageOf(redis: Redis): Promise<string> {
  return lineageIn(await redis.info('replication')) ?? '';
}

async function noteOn(to: Redis, old: string): Promise<unknown> {
  return runScript(to, {name: 'continue', keys: ['otp:lineage'], args: [await lineageOf(to), old, 60_000]});
}

/** A store on one server, and a way to see to the server itself. */
async function open(server: RedisServer) {
  const admin = new Redis(server.port);
  const servers = await connectToServers(serverAt(server), {waitReplicas: 0});
  return {
    admin,
    store: new RedisStore({servers, fenced: true, timings: noWaits}),
    [Symbol.dispose]() {
      admin.disconnect();
      servers.close();
    },
  };
}

it('a code of a slot that went there and back is lost when its server fails over, on the other server too', async () => {
  await using one = await startReplicatedRedis();
  await using other = await startRedis({});
  using atOne = await open(one.master);
  using atOther = await open(other);
  const where = address('ada');
  await atOne.store.create(where, verification());
  const [lineage, otherLineage] = [await lineageOf(one.admin), await lineageOf(atOther.admin)];
  await moveAll(one.admin, other);
  expect(await noteOn(atOther.admin, lineage)).toBe(1);
  await moveAll(atOther.admin, one.master);
  expect(await noteOn(one.admin, otherLineage)).toBe(1);
  await one.inSync();
  // Forgotten by the replica that is promoted.
  await one.replicaAdmin.replicaof('NO', 'ONE');
  expect(await atOne.store.check(where, right, limits)).toMatchObject({kind: 'approved'});
  await moveAll(one.replicaAdmin, other);
  expect(await atOther.store.check(where, right, limits)).toMatchObject({kind: 'final', snapshot: {status: 'lost'}});
});

describe('who hears late that a slot has moved', () => {
  it('makes no code good at a server that has been promoted since, and may lack its approval', async () => {
    await using first = await startRedis({});
    await using second = await startReplicatedRedis();
    using atFirst = await open(first);
    using atSecond = await open(second.master);
    using atPromoted = await open(second.replica);
    const where = address('ada');
    await atFirst.store.create(where, verification());
    const lineage = await lineageOf(atFirst.admin);
    await moveAll(atFirst.admin, second.master);
    expect(await noteOn(second.admin, lineage)).toBe(1);
    await second.inSync();
    await second.replicaAdmin.replicaof('NO', 'ONE');
    expect(await atSecond.store.check(where, right, limits)).toMatchObject({kind: 'approved'});

    await noteOn(second.replicaAdmin, lineage);
    const told = await atPromoted.store.check(where, right, limits);
    expect(told).toMatchObject({kind: 'final', snapshot: {status: 'lost'}});
  });

  it('takes no code away that was created where it has been meanwhile', async () => {
    await using first = await startRedis({});
    await using second = await startRedis({});
    await using third = await startRedis({});
    using atFirst = await open(first);
    using atSecond = await open(second);
    using atThird = await open(third);
    const [ada, bob] = [address('ada'), address('bob')];
    await atFirst.store.create(ada, verification());
    const [lineage, secondLineage] = [await lineageOf(atFirst.admin), await lineageOf(atSecond.admin)];
    await moveAll(atFirst.admin, second);
    expect(await noteOn(atSecond.admin, lineage)).toBe(1);
    await atSecond.store.create(bob, verification());
    await moveAll(atSecond.admin, third);
    expect(await noteOn(atThird.admin, secondLineage)).toBe(1);

    await noteOn(atThird.admin, lineage);
    for (const where of [ada, bob])
      expect(await atThird.store.check(where, right, limits)).toMatchObject({kind: 'approved'});
  });
});
