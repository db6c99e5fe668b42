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

/** Less than a request waits for a recipient, first to be brought back and then to stay: 500 and 1000 ms. */
const deadlineMs = 400;
const waitsMs = 1500;
const {draft} = createAddressBook();
let resources: AsyncDisposableStack;
let owner: FallbackNode;
let other: FallbackNode;

beforeEach(async () => {
  resources = new AsyncDisposableStack();
  const redis = resources.use(await startRedis());
  const options = {redisPort: redis.port, addresses: new Set<string>(), timings: noWaits, deadlineMs};
  owner = await startNode(options, resources);
  other = await startNode(options, resources);
  await until('the nodes to meet', () => owner.peers.ready().length === 1 && other.peers.ready().length === 1);
});
afterEach(async () => {
  vi.restoreAllMocks();
  await resources.disposeAsync();
});

/** A recipient of the owner whose hand-over does not end, while Redis is there. */
async function onItsWay() {
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

/** The error of an operation that has not waited longer than for its deadline. */
async function inTime(operation: () => Promise<unknown>): Promise<unknown> {
  const beganAt = performance.now();
  const error = await operation().then(
    () => undefined,
    (reason) => reason,
  );
  expect(performance.now() - beganAt).toBeLessThan(waitsMs);
  return error;
}

it('a check waits for a recipient that is on its way no longer than its deadline, and says that nothing was done', async () => {
  const address = await onItsWay();
  for (const {fallback} of [owner, other])
    expect(await inTime(() => fallback.store.check(address, right, limits))).toMatchObject({effect: 'not_executed'});
});

it('a creation whose recipient is on its way says within its deadline that it may have been made where Redis is silent', async () => {
  await onItsWay();
  owner.link.silence('both');
  const error = await inTime(() => owner.fallback.store.create(draft('ada', verification())));
  expect(error === undefined || (error as {effect: string}).effect === 'unknown').toBe(true);
});

it('a creation that Redis may have made and no memory takes is of unknown outcome: no later refusal undoes it', async () => {
  const create = async ({owner}: Address) => {
    throw new StoreError(owner === undefined ? 'unknown' : 'not_executed', 'as told');
  };
  const creation = new Creation({
    instance: owner.instance,
    own: {create} as unknown as Store,
    createHeld: async () => ({kind: 'elsewhere'}),
    breakers: {isOpen: () => false, reachedAt: () => 0},
    fallback: new FallbackStore({processes: () => 1}),
    peers: noPeers,
    deadlineMs,
  });
  await expect(creation.create(draft('ida', verification()))).rejects.toMatchObject({effect: 'unknown'});
});
