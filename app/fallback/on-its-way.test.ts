import {afterEach, expect, it, vi} from 'vitest';
import type {Adoption} from '../store/adoption.ts';
import {limits, noWaits, right, verification} from '../store/contract/support.ts';
import {RedisHandover} from '../store/redis-handover.ts';
import {type Store, StoreError} from '../store/store.ts';
import {createAddressBook} from '../testing/addresses.ts';
import {type FallbackNode, startNode} from '../testing/fallback-node.ts';
import {startRedis} from '../testing/redis-server.ts';
import {until} from '../testing/until.ts';
import {createHeld} from './create-held.ts';
import {Creation} from './creation.ts';
import {FallbackStore} from './fallback-store.ts';
import {noPeers} from './peers.ts';

let resources = new AsyncDisposableStack();
afterEach(async () => {
  vi.restoreAllMocks();
  await resources.disposeAsync();
  resources = new AsyncDisposableStack();
});

const {address, draft} = createAddressBook();
const request = {tag: 'request', fingerprint: 'f'};

it('what is on its way back is not called lost because a peer does not find it in the store yet', async () => {
  const redis = resources.use(await startRedis());
  const options = {redisPort: redis.port, addresses: new Set<string>(), timings: noWaits};
  const nodes = [await startNode(options, resources), await startNode(options, resources)];
  const [owner, other] = nodes as [FallbackNode, FallbackNode];
  for (const {link} of nodes) link.cut();
  await until('the outage', () => nodes.every(({fallback}) => fallback.isOpen));
  const held = draft('ada', verification()).addressTo(owner.instance);
  await owner.fallback.part.store.create(held.address, held.verification);

  let isLost = true;
  const adoption = RedisHandover.prototype.adoption;
  vi.spyOn(RedisHandover.prototype, 'adoption').mockImplementation(function (this: RedisHandover, ...args) {
    const real = adoption.apply(this, args);
    const send = async () => {
      if (isLost) throw new StoreError('unknown', 'requests are lost');
      return real.send();
    };
    return {inDoubt: true, send} as unknown as Adoption;
  });
  for (const {link} of nodes) link.mend();
  await until('the store', () => nodes.every(({fallback}) => !fallback.isOpen));
  await until('the owner to know', () => owner.peers.ready().some((peer) => peer.reaches(held.address.partition)));
  const checks = await Promise.allSettled(nodes.map(({fallback}) => fallback.store.check(held.address, right, limits)));
  for (const check of checks) expect(check).toMatchObject({status: 'rejected', reason: {effect: 'not_executed'}});
  isLost = false;
  await until('the recovery', () => !owner.fallback.isActive);
  expect(await other.fallback.store.check(held.address, right, limits)).toMatchObject({kind: 'approved'});
});

/** A process that holds a recipient whose hand-over is under way, and what it is handed over to. */
async function underWay() {
  const [held, store] = [new FallbackStore({processes: () => 1}), new FallbackStore({processes: () => 1})];
  const where = address('ada', 'this');
  await held.create(where, verification(), request);
  const {promise, resolve} = Promise.withResolvers<void>();
  const moving = held.move(where, async (holding) => {
    await promise;
    await store.adopt(holding);
    return 'taken';
  });
  const arrive = () => {
    resolve();
    return moving;
  };
  return {held, store, where, arrive};
}

it('a creation that has waited for its recipient to go back is made in the store, which knows what was answered before', async () => {
  const {held, store, where, arrive} = await underWay();
  const part = createHeld({breakers: {isOpen: () => false}, fallback: held, recovery: {bringFor: async () => {}}});
  const repeated = part(address('ada', 'this'), verification(), request);
  await arrive();
  expect(await repeated).toEqual({kind: 'elsewhere'});
  expect(await store.create(address('ada'), verification(), request)).toMatchObject({id: where.id});
});

it('a creation that was to be held, because the store was away, is not held once its recipient has gone back meanwhile', async () => {
  const {held, store, where, arrive} = await underWay();
  let isAway = true;
  const create: Store['create'] = async (at, about, key) => {
    if (at.owner !== undefined) return held.create(at, about, key);
    if (isAway) throw new StoreError('not_executed', 'away');
    return store.create(at, about, key);
  };
  const creation = new Creation({
    instance: 'this',
    own: {create} as Store,
    // It has said that it holds nothing: the recipient came a moment later.
    createHeld: async () => ({kind: 'elsewhere'}),
    breakers: {isOpen: () => true, reachedAt: () => 0},
    fallback: held,
    peers: noPeers,
    deadlineMs: 10_000,
  });
  const repeated = creation.create(draft('ada', verification()), request);
  await new Promise(setImmediate);
  isAway = false;
  await arrive();
  expect(await repeated).toMatchObject({kind: 'created', id: where.id});
  expect(held.isEmpty).toBe(true);
});
