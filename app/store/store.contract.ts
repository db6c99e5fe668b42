import {describe, expect, it} from 'vitest';
import type {Outbox, QueuedMessage} from '../delivery/outbox.ts';
import type {BudgetTimings} from '../domain/failure-budget.ts';
import type {Address, CheckOutcome, CreateOutcome, NewVerification, Store} from './store.ts';

/** What the suite needs of a store. */
export interface StoreUnderTest {
  readonly store: Store;
  readonly outbox: Outbox;
  /** Resolves when the store's clock has gone on by at least `ms`. */
  pass(ms: number): Promise<void>;
  /** A new address of the recipient with this name. */
  address(recipient: string): Address;
}

/** Waits that a store with a real clock can be tested with. */
const testTimings: BudgetTimings = {
  waitFromFailure: 3,
  waitMs: 80,
  maxWaitMs: 160,
  roundWaitMs: 300,
  maxRoundWaitMs: 600,
  rememberMs: 60_000,
};
/** Waits that never come into play. */
export const noWaits: BudgetTimings = {...testTimings, waitFromFailure: 1000, roundWaitMs: 0};

const right = 'R'.repeat(43);
const wrong = 'W'.repeat(43);
const limits = {blockAfter: 100};
const minute = 60_000;

const verification = (changes: Partial<NewVerification> = {}): NewVerification => ({
  mac: right,
  sealedCode: 'sealed-code',
  sealedAddress: 'sealed-address',
  channel: 'email',
  maskedTo: 'a***@example.com',
  lifetimeMs: 5 * minute,
  maxAttempts: 5,
  maxPending: 2,
  resendIntervalMs: 0,
  ...changes,
});
const code = (changes = {}) => ({
  mac: 'N'.repeat(43),
  sealedCode: 'sealed-new',
  lifetimeMs: 5 * minute,
  resendIntervalMs: 0,
  maxResends: 3,
  ...changes,
});

const times = <T>(count: number, run: (index: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({length: count}, (_, index) => run(index)));
const countOf = (outcomes: readonly CheckOutcome[], kind: CheckOutcome['kind']) =>
  outcomes.filter((outcome) => outcome.kind === kind).length;

function snapshotOf(outcome: CreateOutcome | CheckOutcome) {
  if (!('snapshot' in outcome)) throw new Error(`no snapshot in ${outcome.kind}`);
  return outcome.snapshot;
}

async function receiveAll(outbox: Outbox): Promise<QueuedMessage[]> {
  const all: QueuedMessage[] = [];
  for (;;) {
    const some = await outbox.receive(50);
    if (some.length === 0) return all;
    all.push(...some);
  }
}

/** The rules that every store keeps. */
export function storeContract(open: (timings: BudgetTimings) => StoreUnderTest): void {
  describe('a code', () => {
    it('is approved once when 200 right checks come at the same time', async () => {
      const {store, address} = open(noWaits);
      const where = address('ada');
      await store.create(where, verification());
      const outcomes = await times(200, () => store.check(where, right, limits));
      expect(countOf(outcomes, 'approved')).toBe(1);
      expect(countOf(outcomes, 'final')).toBe(199);
      expect(outcomes.every((outcome) => snapshotOf(outcome).status === 'approved')).toBe(true);
    });

    it('takes exactly its attempts when 200 wrong checks come at the same time', async () => {
      const {store, address} = open(noWaits);
      const where = address('ada');
      await store.create(where, verification());
      const outcomes = await times(200, () => store.check(where, wrong, limits));
      expect(countOf(outcomes, 'incorrect')).toBe(5);
      expect(countOf(outcomes, 'final')).toBe(195);
      expect(await store.check(where, right, limits)).toMatchObject({
        kind: 'final',
        snapshot: {status: 'locked', failedChecks: 5},
      });
    });

    it('is accepted on the last attempt', async () => {
      const {store, address} = open(noWaits);
      const where = address('ada');
      await store.create(where, verification());
      for (let i = 0; i < 4; i++) await store.check(where, wrong, limits);
      expect(await store.check(where, right, limits)).toMatchObject({kind: 'approved'});
    });

    it('is refused from the instant of its expiry on, by the clock of the store', async () => {
      const {store, address, pass} = open(noWaits);
      const where = address('ada');
      const {expiresAt} = snapshotOf(await store.create(where, verification({lifetimeMs: 100})));
      let at: number;
      do {
        const read = await store.read(where);
        if (read.kind !== 'found') throw new Error(read.kind);
        ({at} = read.snapshot);
        expect(read.snapshot.status, `${at - expiresAt} ms after expiry`).toBe(at < expiresAt ? 'pending' : 'expired');
        await pass(1);
      } while (at < expiresAt);
      expect(await store.check(where, right, limits)).toMatchObject({kind: 'final', snapshot: {status: 'expired'}});
    });

    it('does not live longer because somebody reads it or checks it', async () => {
      const {store, address, pass} = open(noWaits);
      const where = address('ada');
      const {expiresAt} = snapshotOf(await store.create(where, verification({lifetimeMs: 120})));
      await store.check(where, wrong, limits);
      const read = await store.read(where);
      expect(read).toMatchObject({kind: 'found', snapshot: {expiresAt}});
      await pass(120);
      expect(await store.check(where, right, limits)).toMatchObject({kind: 'final', snapshot: {status: 'expired'}});
    });

    it('of one verification is worth nothing for another', async () => {
      const {store, address} = open(noWaits);
      const [first, second] = [address('ada'), address('bob')];
      await store.create(first, verification());
      await store.create(second, verification({mac: 'O'.repeat(43)}));
      expect(await store.check(second, right, limits)).toMatchObject({kind: 'incorrect'});
    });

    it('that was never created is not found', async () => {
      const {store, address} = open(noWaits);
      const where = address('ada');
      expect(await store.check(where, right, limits)).toEqual({kind: 'not_found'});
      expect(await store.read(where)).toEqual({kind: 'not_found'});
      expect(await store.cancel(where)).toEqual({kind: 'not_found'});
      expect(await store.resend(where, code())).toEqual({kind: 'not_found'});
    });
  });

  describe('the failure budget', () => {
    it('goes on over a resend, a new code, a cancellation and an expiry', async () => {
      const {store, address, pass} = open(noWaits);
      const [first, second, third] = [address('ada'), address('ada'), address('ada')];
      await store.create(first, verification());
      await store.check(first, wrong, limits);
      expect(await store.resend(first, code())).toMatchObject({
        kind: 'resent',
        snapshot: {failedChecks: 1, budget: {failures: 1}},
      });
      await store.check(first, wrong, limits);
      await store.cancel(first);
      await store.create(second, verification({lifetimeMs: 60}));
      await store.check(second, wrong, limits);
      await pass(60);
      await store.create(third, verification());
      expect(await store.check(third, wrong, limits)).toMatchObject({
        kind: 'incorrect',
        snapshot: {budget: {failures: 4}, failedChecks: 1, status: 'pending'},
      });
      expect(await store.check(third, wrong, limits)).toMatchObject({
        kind: 'incorrect',
        snapshot: {budget: {failures: 5}, status: 'locked'},
      });
    });

    it('is cleared by an approval and belongs to one recipient', async () => {
      const {store, address} = open(noWaits);
      const [ada, bob] = [address('ada'), address('bob')];
      await store.create(ada, verification());
      await store.create(bob, verification());
      await store.check(ada, wrong, limits);
      await store.check(ada, wrong, limits);
      expect(await store.read(bob)).toMatchObject({snapshot: {budget: {failures: 0}}});
      expect(await store.check(ada, right, limits)).toMatchObject({
        kind: 'approved',
        snapshot: {budget: {failures: 0}},
      });
      expect(await store.create(address('ada'), verification())).toMatchObject({snapshot: {budget: {failures: 0}}});
    });

    it('makes the recipient wait from the third failure on, and what comes too soon does not count', async () => {
      const {store, address, pass} = open(testTimings);
      const where = address('ada');
      await store.create(where, verification());
      await store.check(where, wrong, limits);
      await store.check(where, wrong, limits);
      const third = snapshotOf(await store.check(where, wrong, limits));
      expect(third.budget.checkableAt).toBe(third.at + testTimings.waitMs);
      expect(await store.check(where, right, limits)).toMatchObject({
        kind: 'too_soon',
        until: third.budget.checkableAt,
        snapshot: {failedChecks: 3},
      });
      await pass(testTimings.waitMs);
      const fourth = snapshotOf(await store.check(where, wrong, limits));
      expect(fourth.budget).toMatchObject({failures: 4, checkableAt: fourth.at + 2 * testTimings.waitMs});
      await pass(2 * testTimings.waitMs);
      expect(await store.check(where, right, limits)).toMatchObject({kind: 'approved'});
    });

    it('locks the recipient for longer and longer after each round', async () => {
      const {store, address, pass} = open({...testTimings, waitFromFailure: 1000});
      const create = () => store.create(address('ada'), verification({maxAttempts: 2}));
      const failRound = async () => {
        const where = address('ada');
        await store.create(where, verification({maxAttempts: 2}));
        await store.check(where, wrong, limits);
        return snapshotOf(await store.check(where, wrong, limits));
      };
      const first = await failRound();
      expect(first).toMatchObject({
        status: 'locked',
        budget: {failures: 2, lockedUntil: first.at + testTimings.roundWaitMs},
      });
      expect(await create()).toMatchObject({kind: 'recipient_locked', until: first.budget.lockedUntil});
      await pass(testTimings.roundWaitMs);
      const second = await failRound();
      expect(second.budget).toMatchObject({failures: 4, lockedUntil: second.at + 2 * testTimings.roundWaitMs});
      await pass(2 * testTimings.roundWaitMs);
      const third = await failRound();
      expect(third.budget.lockedUntil).toBe(third.at + testTimings.maxRoundWaitMs);
    });

    it('blocks the recipient with all its codes after the last failure that the policy allows', async () => {
      const {store, address} = open(noWaits);
      const [one, other] = [address('ada'), address('ada')];
      await store.create(one, verification());
      await store.create(other, verification());
      for (let i = 0; i < 3; i++) await store.check(one, wrong, {blockAfter: 3});
      expect(await store.check(other, right, {blockAfter: 3})).toMatchObject({
        kind: 'final',
        snapshot: {status: 'locked', budget: {lockedUntil: -1}},
      });
      const refused = await store.create(address('ada'), verification());
      expect(refused.kind).toBe('recipient_locked');
      expect(refused).not.toHaveProperty('until');
    });
  });

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
      await store.create(a, verification({lifetimeMs: 60}));
      await store.create(b, verification());
      await pass(60);
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
      await store.create(old, verification({lifetimeMs: 60, maxPending: 1}));
      await store.create(address('ada'), verification({maxPending: 1}));
      await pass(60);
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
      expect(await store.check(where, 'N'.repeat(43), limits)).toMatchObject({kind: 'approved'});
    });

    it('is refused too soon, too often, to a locked recipient and for what is final', async () => {
      const {store, address, pass} = open(testTimings);
      const where = address('ada');
      const created = snapshotOf(await store.create(where, verification({resendIntervalMs: 100})));
      expect(await store.resend(where, code())).toMatchObject({
        kind: 'send_too_soon',
        until: created.at + 100,
        snapshot: {resends: 0},
      });
      expect(await store.create(address('ada'), verification())).toMatchObject({
        kind: 'send_too_soon',
        until: created.at + 100,
      });
      await pass(100);
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

  describe('the outbox', () => {
    it('holds the message of each creation and of each resend, and gives each to one receiver', async () => {
      const {store, outbox, address} = open(noWaits);
      const [ada, bob] = [address('ada'), address('bob')];
      await store.create(ada, verification({lifetimeMs: minute}));
      await store.create(bob, verification({sealedCode: 'for-bob'}));
      await store.resend(ada, code());
      const messages = await receiveAll(outbox);
      expect(
        messages
          .map(({address: {id}, sealedCode, sealedAddress, resends}) => ({id, sealedCode, sealedAddress, resends}))
          .toSorted((a, b) => a.sealedCode.localeCompare(b.sealedCode)),
      ).toEqual([
        {id: bob.id, sealedCode: 'for-bob', sealedAddress: 'sealed-address', resends: 0},
        {id: ada.id, sealedCode: 'sealed-code', sealedAddress: 'sealed-address', resends: 0},
        {id: ada.id, sealedCode: 'sealed-new', sealedAddress: 'sealed-address', resends: 1},
      ]);
      for (const message of messages) expect(message.remainingMs).toBeGreaterThan(minute / 2);
      expect(await receiveAll(outbox)).toEqual([]);
    });

    it('notes on the verification what became of its message, once', async () => {
      const {store, outbox, address} = open(noWaits);
      const where = address('ada');
      await store.create(where, verification());
      const [message] = await receiveAll(outbox);
      if (message === undefined) throw new Error('no message');
      await outbox.renew(message);
      expect(await outbox.isCurrent(message)).toBe(true);
      await outbox.settle(message, {kind: 'sent', provider: 'mail'});
      expect(await store.read(where)).toMatchObject({
        snapshot: {status: 'pending', delivery: {status: 'sent', provider: 'mail'}},
      });
      expect(await store.check(where, right, limits)).toMatchObject({kind: 'approved'});
      expect(await outbox.isCurrent(message)).toBe(false);
    });

    it('makes a verification undeliverable when its last message has failed, but not when a resend has replaced it', async () => {
      const {store, outbox, address} = open(noWaits);
      const where = address('ada');
      await store.create(where, verification());
      const [replaced] = await receiveAll(outbox);
      await store.resend(where, code());
      const [current] = await receiveAll(outbox);
      if (replaced === undefined || current === undefined) throw new Error('no message');
      expect(await outbox.isCurrent(replaced)).toBe(false);
      await outbox.settle(replaced, {kind: 'failed', provider: 'mail'});
      expect(await store.read(where)).toMatchObject({snapshot: {status: 'pending', delivery: {status: 'queued'}}});
      await outbox.settle(current, {kind: 'failed', provider: 'mail'});
      expect(await store.check(where, 'N'.repeat(43), limits)).toMatchObject({
        kind: 'final',
        snapshot: {status: 'undeliverable', delivery: {status: 'failed', provider: 'mail'}},
      });
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
