import {Redis} from 'ioredis';
import {expect, it} from 'vitest';
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

async function noteOn(to: Redis, old: string): Promise<void> {
  const own = lineageIn(await to.info('replication')) ?? '';
  expect(await runScript(to, {name: 'continue', keys: ['otp:lineage'], args: [own, old, 60_000]})).toBe(1);
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
    const [lineage, otherLineage] = await Promise.all(
      [one.admin, otherAdmin].map(async (redis) => lineageIn(await redis.info('replication')) ?? ''),
    );
    await moveAll(one.admin, other);
    await noteOn(otherAdmin, lineage ?? '');
    await moveAll(otherAdmin, one.master);
    await noteOn(one.admin, otherLineage ?? '');
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
