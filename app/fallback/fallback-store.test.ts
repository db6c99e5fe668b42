import {describe, expect, it} from 'vitest';
import {limits, minute, noWaits, right, verification, wrong} from '../store/contract/support.ts';
import type {Holding} from '../store/holding.ts';
import {type Address, RecipientGone} from '../store/store.ts';
import {createAddressBook} from '../testing/addresses.ts';
import {FallbackStore, type SendResult} from './fallback-store.ts';

function open({clockAheadMs = 0, maxRecords = 1000} = {}) {
  let now = 1_800_000_000_000 + clockAheadMs;
  const store = new FallbackStore({processes: () => 1, now: () => now, timings: noWaits, maxRecords, patienceMs: 50});
  return {
    store,
    pass(ms: number) {
      now += ms;
    },
  };
}

const {address} = createAddressBook();
const request = {tag: 'request', fingerprint: 'f'};
const taken = async (): Promise<SendResult> => 'taken';

/** All that `from` holds, at `to`. */
async function handOver(from: FallbackStore, to: FallbackStore, name: Address): Promise<void> {
  await from.move(name, async (holding) => {
    // As over the wire.
    await to.adopt(JSON.parse(JSON.stringify(holding)) as Holding);
    return 'taken';
  });
}

describe('what a process holds', () => {
  it('is handed over as the time that is left, whatever the clocks say', async () => {
    const [from, to] = [open(), open({clockAheadMs: -5 * minute})];
    const [first, second] = [address('ada'), address('bob')];
    for (const where of [first, second]) await from.store.create(where, verification({lifetimeMs: 2 * minute}));
    from.pass(minute);
    for (const where of [first, second]) await handOver(from.store, to.store, where);
    to.pass(minute - 1);
    expect(await to.store.check(first, right, limits)).toMatchObject({kind: 'approved'});
    to.pass(1);
    expect(await to.store.check(second, right, limits)).toMatchObject({kind: 'final', snapshot: {status: 'expired'}});
  });

  it('lives no longer for having waited until another of its recipient had gone', async () => {
    const [from, to] = [open(), open()];
    const where = address('ada');
    await from.store.create(where, verification({lifetimeMs: minute}));
    await to.store.create(address('ada'), verification());
    const {promise, resolve} = Promise.withResolvers<SendResult>();
    const moving = to.store.move(where, () => promise);
    const handed = handOver(from.store, to.store, where);
    to.pass(minute);
    resolve('refused');
    await Promise.all([moving, handed]);
    expect(await to.store.read(where)).toMatchObject({snapshot: {status: 'expired'}});
  });

  it('takes its failures, its requests and its message along, and leaves nothing behind', async () => {
    const [from, to] = [open(), open()];
    const where = address('ada');
    const answered = await from.store.create(where, verification(), request);
    await from.store.check(where, wrong, limits);
    const [before] = [address('ada')];
    await to.store.create(before, verification());
    for (let i = 0; i < 3; i++) await to.store.check(before, wrong, limits);
    await handOver(from.store, to.store, where);
    expect(from.store).toMatchObject({size: 0, isEmpty: true});
    expect(await from.store.check(where, right, limits)).toEqual({kind: 'not_found'});
    expect(await to.store.read(where)).toMatchObject({snapshot: {failedChecks: 1, budget: {failures: 4}}});
    expect(await to.store.create(address('ada'), verification(), request)).toMatchObject({
      kind: 'created',
      id: 'id' in answered ? answered.id : '',
    });
    expect((await to.store.queue.take(0)).map((message) => message.address.id).toSorted()).toEqual(
      [before.id, where.id].toSorted(),
    );
    expect(await from.store.queue.take(0)).toEqual([]);
  });

  it('is not served while it is on its way, comes back when it was refused, and never when nobody knows', async () => {
    const {store} = open();
    const where = address('ada');
    await store.create(where, verification());
    for (const [result, after] of [
      ['refused', {kind: 'approved'}],
      ['unknown', {kind: 'not_found'}],
    ] as const) {
      const {promise, resolve} = Promise.withResolvers<SendResult>();
      const moving = store.move(where, () => promise);
      await expect(store.check(where, right, limits)).rejects.toMatchObject({effect: 'not_executed'});
      const waiting = store.check(where, right, limits);
      resolve(result);
      await moving;
      expect(await waiting).toMatchObject(after);
    }
  });

  it.each([
    ['a check', (store: FallbackStore, where: Address) => store.check(where, right, limits), 'approved'],
    ['a cancellation', (store: FallbackStore, where: Address) => store.cancel(where), 'canceled'],
  ] as const)(
    'is sent with what %s in the same turn does, or after it: it is not done here and undone there',
    async (_, run, status) => {
      const [from, to] = [open(), open()];
      const where = address('ada');
      await from.store.create(where, verification());
      const [outcome] = await Promise.all([run(from.store, where), handOver(from.store, to.store, where)]);
      expect(outcome).toMatchObject({snapshot: {status}});
      expect(await to.store.read(where)).toMatchObject({snapshot: {status}});
    },
  );

  it('is not begun anew by a creation that has waited until it was gone: a repetition would get a second answer', async () => {
    const {store} = open();
    const where = address('ada');
    await store.create(where, verification(), request);
    const {promise, resolve} = Promise.withResolvers<SendResult>();
    const moving = store.move(where, () => promise);
    const repeated = store.create(address('ada'), verification(), request);
    resolve('taken');
    await moving;
    await expect(repeated).rejects.toThrow(RecipientGone);
    expect(store.isEmpty).toBe(true);
  });

  it('takes along what is created, adopted or settled in the same turn', async () => {
    const [first, from, to] = [open(), open(), open()];
    const [old, created, adopted] = [address('ada'), address('ada'), address('ada')];
    await from.store.create(old, verification({maxPending: 3}));
    await first.store.create(adopted, verification({maxPending: 3}));
    const [message] = await from.store.queue.take(0);
    if (message === undefined || 'event' in message) throw new Error('no message');
    await Promise.all([
      from.store.create(created, verification({maxPending: 3})),
      handOver(first.store, from.store, adopted),
      from.store.settle(message, {kind: 'sent', provider: 'smtp'}),
      handOver(from.store, to.store, old),
    ]);
    // What came too late for the sending stays, and goes with the next one.
    await handOver(from.store, to.store, old);
    for (const where of [old, created, adopted])
      expect(await to.store.read(where), where.id).toMatchObject({snapshot: {status: 'pending'}});
    expect(await to.store.read(old)).toMatchObject({snapshot: {delivery: {status: 'sent'}}});
  });

  it('is sent once at a time: who asks again waits for the first', async () => {
    const {store} = open();
    const where = address('ada');
    await store.create(where, verification());
    let sent = 0;
    const send = async () => {
      sent++;
      return taken();
    };
    await Promise.all([store.move(where, send), store.move(where, send)]);
    expect(sent).toBe(1);
  });

  it('is bounded: a flood of creations is refused with a reason, and what is held is served on', async () => {
    const {store} = open({maxRecords: 10});
    const where = address('ada');
    await store.create(where, verification());
    const outcomes = await Promise.allSettled(
      Array.from({length: 100}, (_, index) => store.create(address(`flood${index}`), verification())),
    );
    expect(outcomes.filter(({status}) => status === 'fulfilled')).toHaveLength(9);
    await expect(store.create(address('bob'), verification())).rejects.toThrow('full (10 records)');
    expect(await store.check(where, right, limits)).toMatchObject({kind: 'approved'});
  });

  it('is bounded when others that end hand over what they held, too: who is full takes no more, and it stays where it was', async () => {
    const [from, full] = [open(), open({maxRecords: 1})];
    const where = address('ada');
    await from.store.create(where, verification());
    await full.store.create(address('bob'), verification());
    const adopting: Promise<unknown>[] = [];
    await from.store.move(where, async (holding) => {
      adopting.push(full.store.adopt(holding));
      return Promise.all(adopting).then(
        () => 'taken' as const,
        () => 'refused' as const,
      );
    });
    await expect(adopting[0]).rejects.toMatchObject({effect: 'not_executed', message: expect.stringContaining('full')});
    expect(full.store.size).toBe(1);
    expect(await from.store.check(where, right, limits)).toMatchObject({kind: 'approved'});
  });

  it('gives no limit anew when its recipients have gone back and the store is away again', async () => {
    const {store} = open();
    const rateLimits = [{tag: 'limit', count: 2, periodMs: 3_600_000}];
    for (const name of ['ada', 'bob']) {
      const where = address(name);
      expect(await store.create(where, verification({rateLimits}))).toMatchObject({kind: 'created'});
      await store.move(where, taken);
    }
    expect(store.isEmpty).toBe(true);
    expect(await store.create(address('eve'), verification({rateLimits}))).toMatchObject({kind: 'rate_limited'});
  });

  it('lets a guesser have five failures for a recipient, over all codes, however many its policy allows', async () => {
    const {store} = open();
    let failures = 0;
    for (let round = 0; round < 5; round++) {
      const where = address('ada');
      if ((await store.create(where, verification({maxAttempts: 10}))).kind !== 'created') break;
      for (let i = 0; i < 10; i++) if ((await store.check(where, wrong, limits)).kind === 'incorrect') failures++;
    }
    expect(failures).toBe(5);
    expect(await store.create(address('ada'), verification())).toEqual({
      kind: 'recipient_locked',
      at: expect.any(Number),
    });
  });
});
