import {afterEach, beforeEach, expect, it, vi} from 'vitest';
import type {Adoption} from '../store/adoption.ts';
import {limits, noWaits, right, verification} from '../store/contract/support.ts';
import {RedisHandover} from '../store/redis-handover.ts';
import {type Address, type Store, StoreError} from '../store/store.ts';
import {createAddressBook} from '../testing/addresses.ts';
import {type FallbackNode, startNode} from '../testing/fallback-node.ts';
import {startRedis} from '../testing/redis-server.ts';
import {until} from '../testing/until.ts';
import {Creation} from './creation.ts';
import {FallbackStore} from './fallback-store.ts';
import {noPeers} from './peers.ts';

/** Without its deadline an operation would wait for a recipient until the test counts as hung. */
const patienceMs = 3_600_000;
const {draft} = createAddressBook();
let resources: AsyncDisposableStack;
let owner: FallbackNode;
let other: FallbackNode;

beforeEach(() => {
  resources = new AsyncDisposableStack();
});
afterEach(async () => {
  vi.restoreAllMocks();
  await resources.disposeAsync();
});

/** A recipient of the owner whose hand-over does not end, while Redis is there. */
async function onItsWay(deadlineMs: number) {
  const redis = resources.use(await startRedis());
  const options = {redisPort: redis.port, addresses: new Set<string>(), timings: noWaits};
  owner = await startNode({...options, deadlineMs, patienceMs}, resources);
  other = await startNode(options, resources);
  await until('the nodes to meet', () => owner.peers.ready().length === 1 && other.peers.ready().length === 1);
  for (const {link} of [owner, other]) link.cut();
  await until('the outage', () => owner.fallback.isOpen && other.fallback.isOpen);
  const held = draft('ada', verification()).addressTo(owner.instance);
  await owner.fallback.part.store.create(held.address, held.verification);
  const {promise, resolve} = Promise.withResolvers<'taken'>();
  resources.defer(() => resolve('taken'));
  const send = vi.fn(() => promise);
  vi.spyOn(RedisHandover.prototype, 'adoption').mockReturnValue({inDoubt: true, send} as unknown as Adoption);
  for (const {link} of [owner, other]) link.mend();
  await until('the hand-over', () => send.mock.calls.length > 0 && !other.fallback.isOpen);
  return held.address;
}

it('a check waits for a recipient that is on its way no longer than its deadline, and says that nothing was done', async () => {
  const address = await onItsWay(2000);
  for (const {fallback} of [owner, other])
    await expect(fallback.store.check(address, right, limits)).rejects.toMatchObject({effect: 'not_executed'});
});

it('a creation whose recipient is on its way says within its deadline that it may have been made where Redis is silent', async () => {
  // Of it both the wait for the recipient and the one for Redis have a second at least.
  await onItsWay(6000);
  owner.link.silence('both');
  // A peer may have told what became of it.
  const error = await owner.fallback.store.create(draft('ada', verification())).catch((reason) => reason);
  expect('kind' in error ? error.kind : error.effect).toMatch(/^(created|unknown)$/);
});

it('a creation that Redis may have made and no memory takes is of unknown outcome: no later refusal undoes it', async () => {
  const create = async ({owner}: Address) => {
    throw new StoreError(owner === undefined ? 'unknown' : 'not_executed', 'as told');
  };
  const creation = new Creation({
    instance: 'this',
    own: {create} as unknown as Store,
    createHeld: async () => ({kind: 'elsewhere'}),
    breakers: {isOpen: () => false, reachedAt: () => 0},
    fallback: new FallbackStore({processes: () => 1}),
    peers: noPeers,
    deadlineMs: 2000,
  });
  await expect(creation.create(draft('ida', verification()))).rejects.toMatchObject({effect: 'unknown'});
});
