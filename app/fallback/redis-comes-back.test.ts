import {afterEach, describe, expect, it} from 'vitest';
import {limits, noWaits, right, verification, wrong} from '../store/contract/support.ts';
import type {CreateOutcome} from '../store/store.ts';
import {createAddressBook} from '../testing/addresses.ts';
import {startNode} from '../testing/fallback-node.ts';
import {startRedis} from '../testing/redis-server.ts';
import {until} from '../testing/until.ts';

let resources = new AsyncDisposableStack();
afterEach(async () => {
  await resources.disposeAsync();
  resources = new AsyncDisposableStack();
});

/** One process, and what it is asked before Redis dies and while it is away. */
async function throughAnOutage(data: 'older' | 'no') {
  const redis = resources.use(await startRedis());
  const addresses = new Set<string>();
  const options = {redisPort: redis.port, addresses, timings: noWaits, fenced: true};
  const {fallback} = await startNode(options, resources);
  const {store} = fallback;
  const book = createAddressBook();
  const create = async (name: string, tag = name) =>
    where(await store.create(book.draft(name, verification()), {tag, fingerprint: 'f'}));
  const where = (outcome: CreateOutcome) => {
    const address = outcome.kind === 'created' ? book.parse(outcome.id) : undefined;
    if (address === undefined) throw new Error(outcome.kind);
    return address;
  };
  const [old, used] = [await create('old'), await create('used')];
  await redis.backUp();
  expect(await store.check(used, right, limits)).toMatchObject({kind: 'approved'});
  const young = await create('young');

  await redis.kill();
  await until('the outage', () => fallback.isOpen);
  const [held, heldAndUsed] = [await create('held'), await create('held and used')];
  for (let i = 0; i < 2; i++) await store.check(held, wrong, limits);
  expect(await store.check(heldAndUsed, right, limits)).toMatchObject({kind: 'approved'});
  await redis.restart(data);
  await until('the recovery', () => !fallback.isActive);
  return {store, create, old, used, young, held, heldAndUsed};
}

describe.each(['older', 'no'] as const)('Redis that comes back with %s data', (data) => {
  it('accepts nothing twice, calls lost what it may lack, and takes all that was held', async () => {
    const {store, create, old, used, young, held, heldAndUsed} = await throughAnOutage(data);
    // Older data say of the used one that it is pending: its lineage says that they may lack something.
    const lost = data === 'older' ? {kind: 'final', snapshot: {status: 'lost'}} : {kind: 'not_found'};
    expect(await store.check(used, right, limits)).toMatchObject(lost);
    expect(await store.check(old, right, limits)).toMatchObject(lost);
    expect(await store.check(young, right, limits)).toEqual({kind: 'not_found'});

    expect(await create('held')).toMatchObject({id: held.id});
    expect(await store.read(held)).toMatchObject({snapshot: {status: 'pending', budget: {failures: 2}}});
    expect(await store.check(held, right, limits)).toMatchObject({kind: 'approved'});
    for (const address of [held, heldAndUsed])
      expect(await store.check(address, right, limits)).toMatchObject({
        kind: 'final',
        snapshot: {status: 'approved'},
      });
    // Who was lost asks anew, and is served.
    expect(await store.check(await create('used', 'again'), right, limits)).toMatchObject({kind: 'approved'});
  });
});
