import {describe, expect, it} from 'vitest';
import {createAddressBook} from '../testing/addresses.ts';
import {announcementsContract} from './contract/announcements.ts';
import {noWaits} from './contract/support.ts';
import {MemoryAnnouncements} from './memory-announcements.ts';
import {MemoryCollections} from './memory-collections.ts';
import {MemoryOutbox} from './memory-outbox.ts';
import {MemoryQueue} from './memory-queue.ts';
import {MemoryStore, type MemoryStoreOptions} from './memory-store.ts';
import {storeContract} from './store.contract.ts';
import {StoreError, tombstoneMs} from './store.ts';

function open(options: Partial<MemoryStoreOptions> = {}) {
  let now = 1_800_000_000_000;
  const queue = new MemoryQueue();
  const clock = () => now;
  const store = new MemoryStore({enqueue: (message) => queue.push(message), now: clock, ...options});
  const announcements = new MemoryAnnouncements({store, queue, now: clock});
  return {
    store,
    outbox: new MemoryOutbox({queue, store, now: clock}),
    announcements,
    look: () => announcements.look(),
    async pass(ms: number) {
      now += ms;
    },
    ...createAddressBook(),
  };
}

const verification = {
  mac: 'R',
  sealedCode: 'c',
  sealedAddress: 'a',
  channel: 'email',
  maskedTo: 'a***',
  lifetimeMs: 1000,
  maxAttempts: 5,
  maxPending: 2,
  resendIntervalMs: 0,
  deliver: true,
  keepCode: false,
  rateLimits: [],
} as const;

describe('MemoryStore', () => {
  storeContract((timings) => open({timings}));
  announcementsContract((timings) => open({timings}));

  it('leaves nothing of a code behind once a verification is final, however it has ended', async () => {
    const records = new MemoryCollections(() => 1_800_000_000_000);
    const {store, address} = open({timings: noWaits, records});
    const [approved, canceled, locked, failed] = ['ada', 'bob', 'eve', 'joe'].map((name) => address(name));
    if (!approved || !canceled || !locked || !failed) throw new Error('no address');
    for (const where of [approved, canceled, locked, failed])
      await store.create(where, {...verification, keepCode: true, maxAttempts: 1});
    expect(records.verifications.get(failed.tag)).toMatchObject({mac: 'R', sealedCode: 'c', sealedAddress: 'a'});
    await store.check(approved, {mac: 'R'}, {blockAfter: 100});
    await store.cancel(canceled);
    await store.check(locked, {mac: 'W'}, {blockAfter: 100});
    store.settle({address: failed, resends: 0}, {kind: 'failed', reason: 'refused'});
    expect([...records.verifications.values()].map(({status}) => status)).toEqual([
      'approved',
      'canceled',
      'locked',
      'undeliverable',
    ]);
    for (const record of records.verifications.values())
      expect(record).toMatchObject({mac: '', sealedCode: '', sealedAddress: ''});
  });

  it('expires a code at its very millisecond', async () => {
    const {store, address, pass} = open({timings: noWaits});
    const [where, other] = [address('ada'), address('bob')];
    await store.create(where, verification);
    await store.create(other, verification);
    await pass(999);
    expect(await store.check(where, {mac: 'R'}, {blockAfter: 100})).toMatchObject({kind: 'approved'});
    await pass(1);
    expect(await store.check(other, {mac: 'R'}, {blockAfter: 100})).toMatchObject({
      kind: 'final',
      snapshot: {status: 'expired'},
    });
  });

  it('forgets a verification when its tombstone is over, and a failure no sooner than it says', async () => {
    const {store, address, pass} = open({timings: {...noWaits, rememberMs: 10 * tombstoneMs}});
    const where = address('ada');
    await store.create(where, verification);
    await store.check(where, {mac: 'W'}, {blockAfter: 100});
    await pass(1000 + tombstoneMs - 1);
    expect(await store.read(where)).toMatchObject({kind: 'found', snapshot: {status: 'expired'}});
    await pass(1);
    expect(await store.read(where)).toEqual({kind: 'not_found'});
    expect(await store.create(address('ada'), verification)).toMatchObject({snapshot: {budget: {failures: 1}}});
    await pass(10 * tombstoneMs);
    expect(await store.create(address('ada'), verification)).toMatchObject({snapshot: {budget: {failures: 0}}});
  });

  it('refuses what would exceed its bound, changes nothing by that, and takes on again when there is room', async () => {
    const {store, address, pass} = open({timings: noWaits, maxRecords: 2});
    const first = address('ada');
    await store.create(first, verification);
    await store.create(address('bob'), verification);
    await expect(store.create(address('eve'), verification)).rejects.toThrow(
      new StoreError('not_executed', 'the memory store is full (2 records)'),
    );
    expect(await store.check(first, {mac: 'R'}, {blockAfter: 100})).toMatchObject({kind: 'approved'});
    await pass(1000 + tombstoneMs);
    expect(await store.create(address('eve'), verification)).toMatchObject({kind: 'created'});
  });

  it('creates nothing while the process has no memory for more, and serves what it holds', async () => {
    let isThere = true;
    const {store, address} = open({takeRoom: () => isThere});
    const first = address('ada');
    await store.create(first, verification);
    isThere = false;
    await expect(store.create(address('bob'), verification)).rejects.toThrow(
      new StoreError('not_executed', 'the memory of this process is full'),
    );
    expect(await store.check(first, {mac: 'R'}, {blockAfter: 100})).toMatchObject({kind: 'approved'});
  });

  it('changes nothing when its outbox is full', async () => {
    let full = false;
    const enqueue = () => {
      if (full) throw new StoreError('not_executed', 'full');
    };
    const {store, address} = open({timings: noWaits, enqueue});
    const where = address('ada');
    await store.create(where, {...verification, maxPending: 1});
    full = true;
    await expect(store.create(address('ada'), {...verification, maxPending: 1})).rejects.toThrow('full');
    await expect(
      store.resend(where, {
        mac: 'N',
        sealedCode: 'n',
        same: false,
        lifetimeMs: 1000,
        resendIntervalMs: 0,
        maxResends: 3,
      }),
    ).rejects.toThrow('full');
    expect(await store.check(where, {mac: 'R'}, {blockAfter: 100})).toMatchObject({
      kind: 'approved',
      snapshot: {resends: 0},
    });
  });
});
