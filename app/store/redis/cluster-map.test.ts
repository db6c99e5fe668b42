import {setImmediate as turn} from 'node:timers/promises';
import type {Redis} from 'ioredis';
import {expect, it} from 'vitest';
import {until} from '../../testing/until.ts';
import {probeKey} from '../keys.ts';
import {StoreError} from '../store.ts';
import {ClusterServers} from './cluster.ts';
import type {OpenRedisServers} from './servers.ts';
import {readSlots, type SlotMap} from './slots.ts';
import type {Endpoint} from './target.ts';

const slotCount = 16_384;

const [one, other]: readonly [Endpoint, Endpoint] = [
  {host: 'one.test', port: 6379},
  {host: 'other.test', port: 6379},
];
const whole: SlotMap = Array.from({length: slotCount}, (_, slot) => (slot % 2 === 0 ? one : other));

/** A cluster of two, of which nothing answers but who is asked for the map. */
function openCluster(ask: (endpoint: Endpoint) => Promise<SlotMap>) {
  const opened: string[] = [];
  const closed: string[] = [];
  const servers = new ClusterServers({
    nodes: [one, other],
    open({host}) {
      opened.push(host);
      const server = {
        run: async () => Promise.reject(new StoreError('not_executed', 'refused')),
        connection: () => ({status: 'connecting'}),
        close: () => closed.push(host),
      };
      return server as unknown as OpenRedisServers;
    },
    onMoved() {},
    ask,
  });
  return {servers, opened, closed, [Symbol.dispose]: () => servers.close()};
}

it('a node that has come back without its disk takes nothing away from the others', async () => {
  const told = {byOne: whole, times: 0};
  using cluster = openCluster(async (endpoint) => {
    if (endpoint !== one) return whole;
    told.times++;
    return told.byOne;
  });
  const {servers, opened, closed} = cluster;
  await until('the cluster', () => opened.length === 2);
  told.byOne = new Array(slotCount).fill(undefined);
  told.times = 0;
  await until('many answers of it', async () => {
    await servers.run({name: 'probe', keys: [probeKey(0)], args: []}).catch(() => {});
    return told.times >= 5;
  });
  expect(opened).toHaveLength(2);
  expect(closed).toEqual([]);
});

it('who is told of masters after it was closed opens no connection to them', async () => {
  const {promise: map, resolve: tell} = Promise.withResolvers<SlotMap>();
  const {promise: isAsked, resolve: ask} = Promise.withResolvers<void>();
  const {servers, opened} = openCluster(() => {
    ask();
    return map;
  });
  await isAsked;
  servers.close();
  tell(whole);
  await turn();
  expect(opened).toEqual([]);
});

it('a master that the others know no address of, since another node has come up at its own, is at no address', async () => {
  const ranges = [
    [0, 99, ['', 0, 'id']],
    [100, slotCount - 1, ['', 6379, 'id']],
  ];
  const asked = {options: {host: 'asked.test'}, cluster: async () => ranges} as unknown as Redis;
  const map = await readSlots(asked);
  expect([map[0], map[100]]).toEqual([undefined, {host: 'asked.test', port: 6379}]);
});
