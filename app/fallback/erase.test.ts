import {afterEach, expect, it} from 'vitest';
import {limits, noWaits, right, verification} from '../store/contract/support.ts';
import type {Store} from '../store/store.ts';
import {createAddressBook} from '../testing/addresses.ts';
import {type FallbackNode, startNode} from '../testing/fallback-node.ts';
import {startRedis} from '../testing/redis-server.ts';
import {until} from '../testing/until.ts';
import {FallbackStore} from './fallback-store.ts';
import {noPeers, type Peer} from './peers.ts';
import {ResilientStore} from './resilient-store.ts';

let resources = new AsyncDisposableStack();
afterEach(async () => {
  await resources.disposeAsync();
  resources = new AsyncDisposableStack();
});

/** Two processes, of which the first is cut off from Redis and holds a recipient. */
async function start() {
  const redis = resources.use(await startRedis());
  const options = {redisPort: redis.port, addresses: new Set<string>(), timings: noWaits};
  const nodes = [await startNode(options, resources), await startNode(options, resources)];
  const [holder, other] = nodes as [FallbackNode, FallbackNode];
  await until('the nodes to meet', () => nodes.every(({peers}) => peers.ready().length === 1));
  holder.link.cut();
  await until('the breaker', () => holder.fallback.isOpen);
  const {address, verification: about} = createAddressBook().draft('ada', verification()).addressTo(holder.instance);
  await holder.fallback.part.store.create(address, about);
  await until('the other one to know', () => other.peers.ready().some(({holds}) => holds));
  const erase = () => other.fallback.store.erase(address.partition, [address.recipientTag]);
  return {holder, other, address, erase};
}

it('a recipient is erased at a process that is about to end, too: it does not come back with what that hands over', async () => {
  const {holder, other, address, erase} = await start();
  holder.fallback.startToLeave();
  await until('the other one to know', () => other.peers.ready().length === 0);
  // It cannot do the store's part, and says so; its own it has done.
  await expect(erase()).rejects.toMatchObject({effect: 'not_executed'});
  holder.link.mend();
  await holder.fallback.stop(20_000);
  expect(await other.fallback.part.store.check(address, right, limits)).toEqual({kind: 'not_found'});
});

it('a recipient is not called erased while a process that holds something cannot be asked', async () => {
  const {holder, other, erase} = await start();
  await holder.server.close();
  await until('the other one to know', () => other.peers.ready().length === 0);
  await expect(erase()).rejects.toMatchObject({name: 'StoreError'});
});

it('a recipient is erased though it goes back to the store meanwhile', async () => {
  const [mine, held, store] = [1, 2, 3].map(() => new FallbackStore({processes: () => 2})) as [
    FallbackStore,
    FallbackStore,
    FallbackStore,
  ];
  const {address: where, verification: about} = createAddressBook().draft('ada', verification()).addressTo('holder');
  await held.create(where, about);
  const both: Pick<Store, 'erase'> = {
    erase: async (...args) => (await held.erase(...args)) + (await store.erase(...args)),
  };
  const resilient = new ResilientStore({
    instance: 'this',
    own: {
      async erase(...args: Parameters<Store['erase']>) {
        const erased = await store.erase(...args);
        await held.move(where, async (holding) => {
          await store.adopt(holding);
          return 'taken';
        });
        return erased;
      },
    } as Store,
    createHeld: async () => ({kind: 'elsewhere'}),
    breakers: {isOpen: () => false, reachedAt: () => 0},
    fallback: mine,
    peers: {
      ...noPeers,
      ready: () => [{holds: !held.isEmpty, reaches: () => false, store: () => both} as unknown as Peer],
    },
    deadlineMs: 1000,
  });
  expect(await resilient.erase(where.partition, [where.recipientTag])).toBe(1);
  expect(await store.check(where, right, limits)).toEqual({kind: 'not_found'});
});
