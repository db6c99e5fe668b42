import {describe, expect, it} from 'vitest';
import {type Cluster, type Shard, startCluster} from '../../../chaos/lab/cluster.ts';
import {createAddressBook} from '../../testing/addresses.ts';
import {connectToCluster} from '../../testing/redis-connection.ts';
import {until} from '../../testing/until.ts';
import {limits, noWaits, right, times, verification, wrong} from '../contract/support.ts';
import {outboxKey} from '../keys.ts';
import {RedisStore} from '../redis-store.ts';
import {retrying} from '../retrying-store.ts';
import type {Address, Store} from '../store.ts';
import {slotOf} from './slots.ts';

const {address} = createAddressBook();
const startMs = 60_000;
/** So long that no master is replaced that is only slow. */
const nodeTimeoutMs = 20_000;

async function open(cluster: Cluster) {
  const servers = await connectToCluster(cluster);
  const store = new RedisStore({servers, fenced: true, timings: noWaits});
  return {store, patient: retrying(store, {deadlineMs: 10_000}), [Symbol.dispose]: () => servers.close()};
}

function shards(cluster: Cluster): [Shard, Shard] {
  const [first, second] = cluster.shards;
  if (first === undefined || second === undefined) throw new Error('no two shards');
  return [first, second];
}

/** Codes of a partition whose slot the shard has, and the slot. */
async function createIn(store: Store, {master}: Shard): Promise<{slot: number; pending: Address[]}> {
  const ranges = (await master.command('CLUSTER', 'SLOTS')) as [number, number, [string, number]][];
  const has = (slot: number) =>
    ranges.some(([from, to, [, port]]) => from <= slot && slot <= to && port === master.port);
  const first = Array.from({length: 1000}, (_, i) => address(`ada${i}`)).find(({partition}) =>
    has(slotOf(outboxKey(partition))),
  );
  if (first === undefined) throw new Error('the shard has no partition');
  const pending: Address[] = [first];
  for (let i = 0; pending.length < 20; i++) {
    const next = address(`bob${i}`);
    if (next.partition === first.partition) pending.push(next);
  }
  for (const each of pending) await store.create(each, verification(), {tag: `created-${each.tag}`, fingerprint: 'f'});
  return {slot: slotOf(outboxKey(first.partition)), pending};
}

/** Wrong checks without end on one code, none of which may fail. */
function keepBusy(store: Store, where: Address) {
  let stopped = false;
  const kinds: string[] = [];
  const running = (async () => {
    for (let i = 0; !stopped; i++)
      kinds.push((await store.check(where, wrong, limits, {tag: `busy${i}`, fingerprint: 'f'})).kind);
  })();
  return {
    kinds,
    async stop() {
      stopped = true;
      await running;
    },
  };
}

describe('a slot that moves', () => {
  it(
    'on Valkey 9, in one step: is served all the time, and its codes stay good and are accepted once',
    async () => {
      await using cluster = await startCluster({server: 'valkey-server', nodeTimeoutMs});
      using opened = await open(cluster);
      const {patient} = opened;
      const [from, to] = shards(cluster);
      const {slot, pending} = await createIn(patient, from);
      const [busy, ...others] = pending as [Address, ...Address[]];
      const load = keepBusy(patient, busy);
      const target = String(await to.master.command('CLUSTER', 'MYID'));
      await from.master.command('CLUSTER', 'MIGRATESLOTS', 'SLOTSRANGE', String(slot), String(slot), 'NODE', target);
      await until('the move', async () => {
        const slots = (await from.master.command('CLUSTER', 'SLOTS')) as [number, number, [string, number]][];
        return slots.some(([first, last, [, port]]) => first <= slot && slot <= last && port === to.master.port);
      });
      const seen = load.kinds.length;
      await until('checks after the move', () => load.kinds.length > seen + 5);
      await load.stop();
      expect(new Set(load.kinds)).toEqual(new Set(['incorrect', 'final']));
      const outcomes = await Promise.all(
        others.map((where) =>
          times(2, (i) => patient.check(where, right, limits, {tag: `${where.tag}${i}`, fingerprint: 'f'})),
        ),
      );
      expect(outcomes.flat().filter(({kind}) => kind === 'approved')).toHaveLength(others.length);
      const again = {tag: 'eve', fingerprint: 'f'};
      expect(await patient.create(address('eve'), verification(), again)).toMatchObject({kind: 'created'});
    },
    startMs,
  );

  it(
    'on Redis 7, key by key: its partition is not served meanwhile, and its codes stay good',
    async () => {
      await using cluster = await startCluster({nodeTimeoutMs});
      using opened = await open(cluster);
      const {store, patient} = opened;
      const [from, to] = shards(cluster);
      const {slot, pending} = await createIn(patient, from);
      const name = String(slot);
      const [source, target] = await Promise.all(
        [from, to].map(async ({master}) => String(await master.command('CLUSTER', 'MYID'))),
      );
      await to.master.command('CLUSTER', 'SETSLOT', name, 'IMPORTING', source ?? '');
      await from.master.command('CLUSTER', 'SETSLOT', name, 'MIGRATING', target ?? '');
      const keys = (await from.master.command('CLUSTER', 'GETKEYSINSLOT', name, '1000')) as string[];
      const move = (some: readonly string[]) =>
        from.master.command('MIGRATE', '127.0.0.1', String(to.master.port), '', '0', '5000', 'KEYS', ...some);
      const [first] = pending;
      if (first === undefined) throw new Error('no code');
      await move(keys.filter((key) => key.endsWith(first.tag)));
      const refused = {effect: 'not_executed', message: expect.stringMatching(/TRYAGAIN|ASK/)};
      await expect(store.check(first, right, limits)).rejects.toMatchObject(refused);
      await expect(store.create(address('ada'), verification()).then(() => store.read(first))).rejects.toMatchObject(
        refused,
      );
      await move(keys.filter((key) => !key.endsWith(first.tag)));
      for (const {master} of [to, from]) await master.command('CLUSTER', 'SETSLOT', name, 'NODE', target ?? '');
      for (const where of pending)
        expect(await patient.check(where, right, limits, {tag: where.tag, fingerprint: 'f'})).toMatchObject({
          kind: 'approved',
        });
    },
    startMs,
  );
});
