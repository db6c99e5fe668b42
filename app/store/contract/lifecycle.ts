import {describe, expect, it} from 'vitest';
import {
  code,
  limits,
  minute,
  noWaits,
  type OpenStore,
  receiveAll,
  renewed,
  right,
  snapshotOf,
  testTimings,
  verification,
  wrong,
} from './support.ts';

/** How a verification comes, is sent again, and ends. */
export function lifecycleContract(open: OpenStore): void {
  describe('codes of one recipient', () => {
    it('live side by side up to the limit; one more supersedes the oldest', async () => {
      const {store, address} = open(noWaits);
      const [a, b, c] = [address('ada'), address('ada'), address('ada')];
      for (const where of [a, b, c]) await store.create(where, verification());
      expect(await store.check(a, right, limits)).toMatchObject({kind: 'final', snapshot: {status: 'superseded'}});
      expect(await store.check(b, right, limits)).toMatchObject({kind: 'approved'});
      expect(await store.check(c, right, limits)).toMatchObject({kind: 'approved'});
    });

    it('that are over make room without superseding anything', async () => {
      const {store, address, pass} = open(noWaits);
      const [a, b, c, d] = [address('ada'), address('ada'), address('ada'), address('ada')];
      await store.create(a, verification({lifetimeMs: minute}));
      await store.create(b, verification());
      await pass(minute);
      await store.create(c, verification());
      expect(await store.read(a)).toMatchObject({snapshot: {status: 'expired'}});
      expect(await store.read(b)).toMatchObject({snapshot: {status: 'pending'}});
      await store.cancel(b);
      await store.create(d, verification());
      expect(await store.read(c)).toMatchObject({snapshot: {status: 'pending'}});
    });

    it('stay superseded after their lifetime', async () => {
      const {store, address, pass} = open(noWaits);
      const old = address('ada');
      await store.create(old, verification({lifetimeMs: minute, maxPending: 1}));
      await store.create(address('ada'), verification({maxPending: 1}));
      await pass(minute);
      expect(await store.read(old)).toMatchObject({snapshot: {status: 'superseded'}});
    });
  });

  describe('a resend', () => {
    it('replaces the code and gives no attempt back', async () => {
      const {store, address} = open(noWaits);
      const where = address('ada');
      await store.create(where, verification());
      await store.check(where, wrong, limits);
      expect(await store.resend(where, code())).toMatchObject({
        kind: 'resent',
        snapshot: {resends: 1, failedChecks: 1, delivery: {status: 'queued'}},
      });
      expect(await store.check(where, right, limits)).toMatchObject({kind: 'incorrect', snapshot: {failedChecks: 2}});
      expect(await store.check(where, renewed, limits)).toMatchObject({kind: 'approved'});
    });

    it('of the same code leaves it valid for as long as it was, and sends what was sent', async () => {
      const {store, outbox, address} = open(noWaits);
      const where = address('ada');
      const {expiresAt} = snapshotOf(await store.create(where, verification({keepCode: true})));
      expect(await store.resend(where, code({same: true}))).toMatchObject({kind: 'resent', snapshot: {expiresAt}});
      expect((await receiveAll(outbox)).map(({sealedCode}) => sealedCode)).toEqual(['sealed-code', 'sealed-code']);
      expect(await store.check(where, right, limits)).toMatchObject({kind: 'approved'});
    });

    it('of the same code that was not kept sends a new one', async () => {
      const {store, address} = open(noWaits);
      const where = address('ada');
      await store.create(where, verification());
      expect(await store.resend(where, code({same: true}))).toMatchObject({kind: 'resent'});
      expect(await store.check(where, renewed, limits)).toMatchObject({kind: 'approved'});
    });

    it('over another channel goes there, and so does every later one until another is chosen', async () => {
      const {store, outbox, address} = open(noWaits);
      const where = address('ada');
      const {to, reference} = snapshotOf(
        await store.create(where, verification({channel: 'sms', maskedTo: '+41***00', reference: 'order 7/8 – "ü"'})),
      );
      await store.check(where, wrong, limits);
      expect(await store.resend(where, code({channel: 'voice'}))).toMatchObject({
        kind: 'resent',
        snapshot: {channel: 'voice', to, reference, resends: 1, failedChecks: 1},
      });
      expect(await store.resend(where, code())).toMatchObject({kind: 'resent', snapshot: {channel: 'voice'}});
      expect(await store.read(where)).toMatchObject({snapshot: {channel: 'voice', to, reference, resends: 2}});
      const sent = (await receiveAll(outbox)).map(({resends, channel}) => ({resends, channel}));
      expect(sent.toSorted((a, b) => a.resends - b.resends)).toEqual([
        {resends: 0, channel: undefined},
        {resends: 1, channel: 'voice'},
        {resends: 2, channel: 'voice'},
      ]);
      expect(await store.resend(where, code({channel: 'sms'}))).toMatchObject({snapshot: {channel: 'sms'}});
      expect(await store.check(where, renewed, limits)).toMatchObject({kind: 'approved', snapshot: {channel: 'sms'}});
    });

    it('over a channel that carries nothing to such a recipient is refused and changes nothing', async () => {
      const {store, outbox, address} = open(noWaits);
      const where = address('ada');
      await store.create(where, verification({channel: 'sms'}));
      for (const channel of ['email', 'webhook', 'direct'] as const)
        expect(await store.resend(where, code({channel}))).toMatchObject({
          kind: 'channel_unsuited',
          snapshot: {channel: 'sms', resends: 0},
        });
      expect(await receiveAll(outbox)).toHaveLength(1);
      expect(await store.check(where, right, limits)).toMatchObject({kind: 'approved'});
    });

    it('is refused too soon, too often, to a locked recipient and for what is final', async () => {
      const {store, address, pass} = open(testTimings);
      const where = address('ada');
      const created = snapshotOf(await store.create(where, verification({resendIntervalMs: minute})));
      expect(await store.resend(where, code())).toMatchObject({
        kind: 'send_too_soon',
        until: created.at + minute,
        snapshot: {resends: 0},
      });
      expect(await store.create(address('ada'), verification())).toMatchObject({
        kind: 'send_too_soon',
        until: created.at + minute,
      });
      await pass(minute);
      expect(await store.resend(where, code({maxResends: 1}))).toMatchObject({kind: 'resent'});
      expect(await store.resend(where, code({maxResends: 1}))).toMatchObject({kind: 'limit_reached'});

      const other = address('ada');
      await store.create(other, verification({maxAttempts: 1}));
      await store.check(other, wrong, limits);
      expect(await store.resend(where, code())).toMatchObject({kind: 'recipient_locked', until: expect.any(Number)});
      expect(await store.resend(other, code())).toMatchObject({kind: 'final', snapshot: {status: 'locked'}});
    });
  });

  describe('a cancellation', () => {
    it('ends a code, is the same again, and changes nothing that is final', async () => {
      const {store, address} = open(noWaits);
      const [where, approved] = [address('ada'), address('bob')];
      await store.create(where, verification());
      expect(await store.cancel(where)).toMatchObject({kind: 'canceled', snapshot: {status: 'canceled'}});
      expect(await store.cancel(where)).toMatchObject({kind: 'canceled'});
      expect(await store.check(where, right, limits)).toMatchObject({kind: 'final', snapshot: {status: 'canceled'}});
      await store.create(approved, verification());
      await store.check(approved, right, limits);
      expect(await store.cancel(approved)).toMatchObject({kind: 'final', snapshot: {status: 'approved'}});
    });
  });

  it('tells back what was said at the creation', async () => {
    const {store, address} = open(noWaits);
    const where = address('ada');
    const created = await store.create(
      where,
      verification({locale: 'de-CH', reference: 'order 7 – "ü"', channel: 'sms', maskedTo: '+41***00'}),
    );
    const snapshot = snapshotOf(created);
    expect(snapshot).toMatchObject({
      status: 'pending',
      locale: 'de-CH',
      reference: 'order 7 – "ü"',
      channel: 'sms',
      to: '+41***00',
      failedChecks: 0,
      resends: 0,
      maxAttempts: 5,
    });
    expect(snapshot.expiresAt - snapshot.createdAt).toBe(5 * minute);
    const read = await store.read(where);
    expect(read).toMatchObject({kind: 'found', snapshot: {...snapshot, at: expect.any(Number)}});
  });
}
