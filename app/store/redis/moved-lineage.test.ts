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

it('a code of a slot that went there and back is lost when its server fails over, on the other server too', async () => {
  await using one = await startReplicatedRedis();
  await using other = await startRedis({});
  const otherAdmin = new Redis(other.port);
  const servers = await Promise.all(
    [one.master, other].map((each) => connectToServers(serverAt(each), {waitReplicas: 0})),
  );
  try {
    const [store, otherStore] = servers.map((each) => new RedisStore({servers: each, fenced: true, timings: noWaits}));
    const where = address('ada');
    await store?.create(where, verification());
    const [lineage, otherLineage] = [await lineageOf(one.admin), await lineageOf(otherAdmin)];
    await moveAll(one.admin, other);
    expect(await noteOn(otherAdmin, lineage)).toBe(1);
    await moveAll(otherAdmin, one.master);
    expect(await noteOn(one.admin, otherLineage)).toBe(1);
    await one.inSync();
    // Forgotten by the replica that is promoted.
    await one.replicaAdmin.replicaof('NO', 'ONE');
    expect(await store?.check(where, right, limits)).toMatchObject({kind: 'approved'});
    await moveAll(one.replicaAdmin, other);
    expect(await otherStore?.check(where, right, limits)).toMatchObject({kind: 'final', snapshot: {status: 'lost'}});
  } finally {
    otherAdmin.disconnect();
    for (const each of servers) each.close();
  }
});

describe('who hears late that a slot has moved', () => {
  it('makes no code good at a server that has been promoted since, and may lack its approval', async () => {
    await using first = await startRedis({});
    await using second = await startReplicatedRedis();
    const firstAdmin = new Redis(first.port);
    const servers = await Promise.all(
      [first, second.master, second.replica].map((each) => connectToServers(serverAt(each), {waitReplicas: 0})),
    );
    try {
      const [before, moved, promoted] = servers.map(
        (each) => new RedisStore({servers: each, fenced: true, timings: noWaits}),
      );
      const where = address('ada');
      await before?.create(where, verification());
      const lineage = await lineageOf(firstAdmin);
      await moveAll(firstAdmin, second.master);
      expect(await noteOn(second.admin, lineage)).toBe(1);
      await second.inSync();
      await second.replicaAdmin.replicaof('NO', 'ONE');
      expect(await moved?.check(where, right, limits)).toMatchObject({kind: 'approved'});

      await noteOn(second.replicaAdmin, lineage);
      expect(await promoted?.check(where, right, limits)).toMatchObject({kind: 'final', snapshot: {status: 'lost'}});
    } finally {
      firstAdmin.disconnect();
      for (const each of servers) each.close();
    }
  });

  it('takes no code away that was created where it has been meanwhile', async () => {
    await using first = await startRedis({});
    await using second = await startRedis({});
    await using third = await startRedis({});
    const admins = [first, second, third].map(({port}) => new Redis(port));
    const [firstAdmin, secondAdmin, thirdAdmin] = admins as [Redis, Redis, Redis];
    const servers = await Promise.all(
      [first, second, third].map((each) => connectToServers(serverAt(each), {waitReplicas: 0})),
    );
    try {
      const [atFirst, atSecond, atThird] = servers.map(
        (each) => new RedisStore({servers: each, fenced: true, timings: noWaits}),
      );
      const [ada, bob] = [address('ada'), address('bob')];
      await atFirst?.create(ada, verification());
      const [lineage, secondLineage] = [await lineageOf(firstAdmin), await lineageOf(secondAdmin)];
      await moveAll(firstAdmin, second);
      expect(await noteOn(secondAdmin, lineage)).toBe(1);
      await atSecond?.create(bob, verification());
      await moveAll(secondAdmin, third);
      expect(await noteOn(thirdAdmin, secondLineage)).toBe(1);

      await noteOn(thirdAdmin, lineage);
      for (const where of [ada, bob])
        expect(await atThird?.check(where, right, limits)).toMatchObject({kind: 'approved'});
    } finally {
      for (const each of admins) each.disconnect();
      for (const each of servers) each.close();
    }
  });
});
