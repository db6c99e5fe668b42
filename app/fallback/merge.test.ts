import {expect, it} from 'vitest';
import {limits, minute, noWaits, right, verification} from '../store/contract/support.ts';
import {aged, type Holding} from '../store/holding.ts';
import type {RecipientName} from '../store/memory-holdings.ts';
import {singleServer} from '../store/redis/servers.ts';
import {RedisHandover} from '../store/redis-handover.ts';
import {RedisStore} from '../store/redis-store.ts';
import {createAddressBook} from '../testing/addresses.ts';
import {connectTo} from '../testing/redis-connection.ts';
import {redisOfFile} from '../testing/redis-of-file.ts';
import {until} from '../testing/until.ts';
import {FallbackStore} from './fallback-store.ts';

const file = redisOfFile();
const open = () => new FallbackStore({processes: () => 1, timings: noWaits});

async function redis() {
  const connection = connectTo(file.redis.url);
  file.resources.defer(() => connection.disconnect());
  await until('a connection', () => connection.status === 'ready');
  const servers = singleServer(connection);
  const handover = new RedisHandover({servers, timings: noWaits});
  let sequence = 0;
  return {
    store: new RedisStore({servers, timings: noWaits}),
    adopt: async (holding: Holding) => void (await handover.adoption(holding, 'process-one', ++sequence).send()),
  };
}

async function memory() {
  const store = open();
  return {store, adopt: (holding: Holding) => store.adopt(holding)};
}

const targets = [
  ['the store', redis],
  ['a peer', memory],
] as const;

/** Hands a recipient over as if that had taken `passedMs`. */
const handOver = (
  from: FallbackStore,
  name: RecipientName,
  adopt: (holding: Holding) => Promise<void>,
  passedMs: number,
) =>
  from.move(name, async (holding) => {
    await adopt(aged(holding, passedMs));
    return 'taken';
  });

it.each(targets)(
  'of more codes than may live side by side those go that end first, whenever they come: %s',
  async (_where, target) => {
    const {address} = createAddressBook();
    const held = open();
    const {store, adopt} = await target();
    const [first, second, last] = [address('ada'), address('ada'), address('ada')];
    // One process was cut off and held codes, while others went on without it.
    for (const where of [first, second]) await held.create(where, verification());
    await store.create(last, verification());
    await handOver(held, first, adopt, minute);
    expect(await store.read(first)).toMatchObject({snapshot: {status: 'superseded'}});
    for (const where of [second, last])
      expect(await store.check(where, right, limits)).toMatchObject({kind: 'approved'});
  },
);

it.each(targets)(
  'of two verifications that one request was given the later one stays, whichever comes first: at %s',
  async (_where, target) => {
    const {address} = createAddressBook();
    for (const isHeldEarlier of [true, false]) {
      const name = `held-earlier-${isHeldEarlier}`;
      const request = {tag: name, fingerprint: 'f'};
      const [held, {store, adopt}] = [open(), await target()];
      const [there, here] = [address(name), address(name)];
      await held.create(there, verification({maxPending: 3}), request);
      await store.create(here, verification({maxPending: 3}), request);
      await handOver(held, there, adopt, isHeldEarlier ? minute : -minute);
      const [earlier, later] = isHeldEarlier ? [there, here] : [here, there];
      expect(await store.create(address(name), verification(), request)).toMatchObject({id: later.id});
      expect(await store.check(earlier, right, limits)).toMatchObject({snapshot: {status: 'superseded'}});
      expect(await store.check(later, right, limits)).toMatchObject({kind: 'approved'});
    }
  },
);

it.each(targets)(
  'of two copies of one code the one that the caller was told of keeps its request, however old the two are: at %s',
  async (_where, target) => {
    const {draft} = createAddressBook();
    const {store, adopt} = await target();
    for (let i = 0; i < 10; i++) {
      const drafted = draft(`copied${i}`, verification({maxPending: 3}));
      const request = {tag: `copied${i}`, fingerprint: 'f'};
      const [copier, teller] = [open(), open()];
      const [copy, told] = [drafted.addressTo('copier'), drafted.addressTo('teller')];
      await copier.create(copy.address, copy.verification, request);
      await teller.create(told.address, {...told.verification, storeMayHaveCopy: true}, request);
      for (const [from, passedMs] of [
        [copier, 0],
        [teller, minute],
      ] as const)
        await handOver(from, drafted, adopt, passedMs);
      expect(await store.create(told.address, told.verification, request)).toMatchObject({id: told.address.id});
      expect(await store.check(copy.address, right, limits)).toMatchObject({snapshot: {status: 'superseded'}});
    }
  },
);

it.each(targets)(
  'of two verifications that one request was given none is good once one has been approved, whichever comes first: at %s',
  async (_where, target) => {
    const {address} = createAddressBook();
    for (const isHeldEarlier of [true, false]) {
      const name = `approved-held-earlier-${isHeldEarlier}`;
      const request = {tag: name, fingerprint: 'f'};
      const [held, {store, adopt}] = [open(), await target()];
      const [there, here] = [address(name), address(name)];
      await held.create(there, verification({maxPending: 3}), request);
      await store.create(here, verification({maxPending: 3}), request);
      const [earlier, later] = isHeldEarlier ? [there, here] : [here, there];
      const approved = await (isHeldEarlier ? held : store).check(earlier, right, limits);
      expect(approved).toMatchObject({kind: 'approved'});
      await handOver(held, there, adopt, isHeldEarlier ? minute : -minute);
      expect(await store.check(later, right, limits)).toMatchObject({snapshot: {status: 'superseded'}});
      expect(await store.read(earlier)).toMatchObject({snapshot: {status: 'approved'}});
    }
  },
);
