import {describe, expect, it} from 'vitest';
import type {DeliveryReport} from '../../delivery/reports.ts';
import type {Address} from '../store.ts';
import {
  type AnnouncingStoreUnderTest,
  code,
  limits,
  minute,
  noWaits,
  type OpenAnnouncingStore,
  receiveAll,
  receiveEvents,
  right,
  verification,
  wrong,
} from './support.ts';

/** What providers report, and what clients are told of. */
export function announcementsContract(open: OpenAnnouncingStore): void {
  /** A watched verification whose message a provider has taken. */
  async function sent(run: AnnouncingStoreUnderTest, lifetimeMs = 5 * minute): Promise<Address> {
    const where = run.address('ada');
    await run.announcements.watch(where, lifetimeMs);
    await run.store.create(where, verification({lifetimeMs}));
    for (const message of await receiveAll(run.outbox))
      await run.outbox.settle(message, {kind: 'sent', provider: 'sms'});
    return where;
  }

  describe('a report', () => {
    it('is noted once, from the provider that took the message, and never taken back', async () => {
      const run = open(noWaits);
      const where = await sent(run);
      const report = (told: DeliveryReport) => run.announcements.report(where, told);
      expect(await report({provider: 'mail', resends: 0, status: 'failed'})).toBe('ignored');
      expect(await report({provider: 'sms', resends: 1, status: 'failed'})).toBe('ignored');
      expect(await report({provider: 'sms', resends: 0, status: 'delivered'})).toBe('noted');
      expect(await report({provider: 'sms', resends: 0, status: 'failed'})).toBe('ignored');
      expect(await run.store.read(where)).toMatchObject({
        snapshot: {status: 'pending', delivery: {status: 'delivered', provider: 'sms'}},
      });
      expect(await run.store.check(where, right, limits)).toMatchObject({kind: 'approved'});
      expect(
        await run.announcements.report(run.address('nobody'), {provider: 'sms', resends: 0, status: 'failed'}),
      ).toBe('not_found');
    });

    it('of a failure makes a pending verification undeliverable, and an approved one no other', async () => {
      const run = open(noWaits);
      const where = await sent(run);
      const failure = {provider: 'sms', resends: 0, status: 'failed'} as const;
      expect(await run.announcements.report(where, failure)).toBe('noted');
      expect(await run.store.check(where, right, limits)).toMatchObject({
        kind: 'final',
        snapshot: {status: 'undeliverable'},
      });
      const approved = await sent(run);
      await run.store.check(approved, right, limits);
      expect(await run.announcements.report(approved, failure)).toBe('noted');
      expect(await run.store.read(approved)).toMatchObject({
        snapshot: {status: 'approved', delivery: {status: 'failed'}},
      });
    });

    it('comes too early while the message is still in a worker’s hands, and is not undone by its settlement', async () => {
      const run = open(noWaits);
      const where = run.address('ada');
      await run.store.create(where, verification());
      const [message] = await receiveAll(run.outbox);
      if (message === undefined) throw new Error('no message');
      const delivered = {provider: 'sms', resends: 0, status: 'delivered'} as const;
      expect(await run.announcements.report(where, delivered)).toBe('early');
      await run.outbox.settle(message, {kind: 'sent', provider: 'sms'});
      expect(await run.announcements.report(where, delivered)).toBe('noted');
      await run.outbox.settle(message, {kind: 'sent', provider: 'other'});
      expect(await run.store.read(where)).toMatchObject({snapshot: {delivery: {status: 'delivered', provider: 'sms'}}});
    });
  });

  describe('the end of a watched verification', () => {
    it.each([
      [
        'approved',
        async ({store}: AnnouncingStoreUnderTest, where: Address): Promise<void> => {
          await store.check(where, right, limits);
        },
      ],
      [
        'locked',
        async ({store}: AnnouncingStoreUnderTest, where: Address): Promise<void> => {
          for (let i = 0; i < 5; i++) await store.check(where, wrong, limits);
        },
      ],
      [
        'undeliverable',
        async ({announcements}: AnnouncingStoreUnderTest, where: Address): Promise<void> => {
          await announcements.report(where, {provider: 'sms', resends: 0, status: 'failed'});
        },
      ],
    ] as const)('is announced once when it is %s, whoever finds it', async (event, end) => {
      const run = open(noWaits);
      const where = await sent(run);
      await run.announcements.announce(where);
      expect(await receiveEvents(run.outbox), 'it is pending').toEqual([]);
      await end(run, where);
      await Promise.all([run.announcements.announce(where), run.announcements.announce(where)]);
      const events = await receiveEvents(run.outbox);
      expect(events).toMatchObject([{event, address: {id: where.id}}]);
      for (const each of events) await run.outbox.settle(each, {kind: 'obsolete'});
      await run.announcements.announce(where);
      expect(await receiveEvents(run.outbox)).toEqual([]);
      expect(await run.outbox.depth()).toMatchObject({messages: 0});
    });

    it('is found at its expiry, also when whoever has caused it could not say so, and not before', async () => {
      const run = open(noWaits);
      const [expires, approved] = [await sent(run, minute), await sent(run, minute)];
      await run.store.check(approved, right, limits);
      await run.look(expires);
      expect(await receiveEvents(run.outbox)).toEqual([]);
      await run.pass(minute);
      await run.look(expires);
      await run.look(approved);
      const events = await receiveEvents(run.outbox);
      expect(events.map(({event, address}) => [event, address.id]).toSorted()).toEqual(
        [
          ['approved', approved.id],
          ['expired', expires.id],
        ].toSorted(),
      );
    });

    it('waits for the new expiry after a resend', async () => {
      const run = open(noWaits);
      const where = await sent(run, minute);
      await run.store.resend(where, code({lifetimeMs: 5 * minute}));
      await run.pass(minute);
      await run.look(where);
      expect(await receiveEvents(run.outbox)).toEqual([]);
      expect(await run.store.read(where)).toMatchObject({snapshot: {status: 'pending'}});
    });

    it('is no event when it was canceled, superseded, never created or not watched', async () => {
      const run = open(noWaits);
      const canceled = await sent(run);
      await run.store.cancel(canceled);
      const never = run.address('bob');
      await run.announcements.watch(never, 100);
      const unwatched = await sent(run);
      await run.announcements.unwatch(unwatched);
      await run.store.check(unwatched, right, limits);
      for (const where of [canceled, never, unwatched]) await run.announcements.announce(where);
      expect(await receiveEvents(run.outbox)).toEqual([]);
    });
  });
}
