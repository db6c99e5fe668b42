import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import type {Outbox, QueuedMessage} from '../delivery/outbox.ts';
import type {BudgetTimings} from '../domain/failure-budget.ts';
import {modelLimits, ReferenceModel} from './reference-model.ts';
import type {Address, CheckOutcome, CreateOutcome, NewVerification, Resend, Store} from './store.ts';

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

const right = {mac: 'R'.repeat(43)};
const wrong = {mac: 'W'.repeat(43)};
const renewed = {mac: 'N'.repeat(43)};
const limits = {blockAfter: 100};
const minute = 60_000;

const verification = (changes: Partial<NewVerification> = {}): NewVerification => ({
  ...right,
  sealedCode: 'sealed-code',
  sealedAddress: 'sealed-address',
  channel: 'email',
  maskedTo: 'a***@example.com',
  lifetimeMs: 5 * minute,
  maxAttempts: 5,
  maxPending: 2,
  resendIntervalMs: 0,
  deliver: true,
  keepCode: false,
  rateLimits: [],
  ...changes,
});
const code = (changes: Partial<Resend> = {}): Resend => ({
  ...renewed,
  sealedCode: 'sealed-new',
  same: false,
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

  describe('a repetition of a request', () => {
    const request = {tag: 'request-1', fingerprint: 'f1'};

    it('that created something gets the same answer, also when it comes at the same time, and creates and queues once', async () => {
      const {store, outbox, address} = open(noWaits);
      const limit = {tag: address('x').tag, count: 5, periodMs: minute};
      const where = Array.from({length: 20}, () => address('ada'));
      const outcomes = await Promise.all(
        where.map((each) => store.create(each, verification({rateLimits: [limit]}), request)),
      );
      expect(new Set(outcomes.map((outcome) => JSON.stringify(outcome))).size).toBe(1);
      const [first] = outcomes;
      if (first?.kind !== 'created') throw new Error(first?.kind);
      expect(where.map(({id}) => id)).toContain(first.id);
      expect(first.limits).toMatchObject([{remaining: 4}]);
      expect(await receiveAll(outbox)).toHaveLength(1);
    });

    it('that counted a wrong code counts nothing more, and the answer stays what it was', async () => {
      const {store, address} = open(noWaits);
      const where = address('ada');
      await store.create(where, verification());
      const outcomes = await times(20, () => store.check(where, wrong, limits, request));
      expect(countOf(outcomes, 'incorrect')).toBe(20);
      await store.check(where, wrong, limits);
      expect(await store.check(where, wrong, limits, request)).toEqual(outcomes[0]);
      expect(await store.read(where)).toMatchObject({snapshot: {failedChecks: 2, budget: {failures: 2}}});
    });

    it('that approved a code is approved again, and nobody else is', async () => {
      const {store, address} = open(noWaits);
      const where = address('ada');
      await store.create(where, verification());
      const approved = await store.check(where, right, limits, request);
      expect(approved.kind).toBe('approved');
      expect(await store.check(where, right, limits, request)).toEqual(approved);
      expect(await store.check(where, right, limits, {tag: 'request-2', fingerprint: 'f1'})).toMatchObject({
        kind: 'final',
      });
      expect(await store.check(where, right, limits)).toMatchObject({kind: 'final'});
    });

    it('that resent a message resends nothing', async () => {
      const {store, outbox, address} = open(noWaits);
      const where = address('ada');
      await store.create(where, verification());
      const resent = await store.resend(where, code(), request);
      expect(await store.resend(where, code(), request)).toEqual(resent);
      expect(await receiveAll(outbox)).toHaveLength(2);
    });

    it('that asks for something else is a conflict and changes nothing', async () => {
      const {store, address} = open(noWaits);
      const where = address('ada');
      await store.create(where, verification());
      await store.check(where, wrong, limits, request);
      expect(await store.check(where, right, limits, {...request, fingerprint: 'f2'})).toEqual({
        kind: 'idempotency_conflict',
      });
      expect(await store.check(where, right, limits)).toMatchObject({kind: 'approved'});
    });

    it('that changed nothing the first time is looked at anew', async () => {
      const {store, address, pass} = open(noWaits);
      const [first, second] = [address('ada'), address('ada')];
      await store.create(first, verification({resendIntervalMs: 60}));
      expect(await store.create(second, verification(), request)).toMatchObject({kind: 'send_too_soon'});
      await pass(60);
      expect(await store.create(second, verification(), request)).toMatchObject({kind: 'created', id: second.id});
    });
  });

  describe('a binding', () => {
    const binding = 'B'.repeat(43);
    it('makes the right code wrong when the values are others, without looking at it', async () => {
      const {store, address} = open(noWaits);
      const where = address('ada');
      await store.create(where, verification({bindingMac: binding}));
      for (const presented of [right, {...right, bindingMac: 'X'.repeat(43)}, {...wrong, bindingMac: 'X'.repeat(43)}]) {
        expect(await store.check(where, presented, limits)).toMatchObject({kind: 'binding_mismatch'});
      }
      expect(await store.read(where)).toMatchObject({snapshot: {failedChecks: 3, budget: {failures: 3}}});
      expect(await store.check(where, {...wrong, bindingMac: binding}, limits)).toMatchObject({kind: 'incorrect'});
      expect(await store.check(where, {...right, bindingMac: binding}, limits)).toMatchObject({kind: 'approved'});
    });

    it('that the creation did not have is a mismatch too', async () => {
      const {store, address} = open(noWaits);
      const where = address('ada');
      await store.create(where, verification());
      expect(await store.check(where, {...right, bindingMac: binding}, limits)).toMatchObject({
        kind: 'binding_mismatch',
      });
    });
  });

  describe('contexts', () => {
    it('keep a stranger’s failures from making the owner wait, but count together towards the block', async () => {
      const {store, address} = open(testTimings);
      const [stranger, owner] = [address('ada'), address('ada')];
      await store.create(stranger, verification({contextTag: 'stranger', maxAttempts: 2}));
      await store.create(owner, verification({contextTag: 'owner', maxAttempts: 2}));
      for (let i = 0; i < 2; i++) await store.check(stranger, wrong, limits);
      expect(await store.read(stranger)).toMatchObject({
        snapshot: {status: 'locked', budget: {failures: 2, failuresInContext: 2}},
      });
      expect(await store.create(address('ada'), verification({contextTag: 'stranger'}))).toMatchObject({
        kind: 'recipient_locked',
      });
      expect(await store.read(owner)).toMatchObject({
        snapshot: {status: 'pending', budget: {failures: 2, failuresInContext: 0, lockedUntil: 0}},
      });
      expect(await store.create(address('ada'), verification({contextTag: 'owner'}))).toMatchObject({kind: 'created'});
      expect(await store.check(owner, wrong, {blockAfter: 3})).toMatchObject({
        kind: 'incorrect',
        snapshot: {status: 'locked', budget: {failures: 3, lockedUntil: -1}},
      });
      expect(await store.create(address('ada'), verification({contextTag: 'third'}))).toMatchObject({
        kind: 'recipient_locked',
      });
    });

    it('are all forgotten by an approval in one of them', async () => {
      const {store, address} = open(testTimings);
      const [stranger, owner] = [address('ada'), address('ada')];
      await store.create(stranger, verification({contextTag: 'stranger'}));
      await store.create(owner, verification({contextTag: 'owner'}));
      await store.check(stranger, wrong, limits);
      expect(await store.check(owner, right, limits)).toMatchObject({kind: 'approved'});
      expect(await store.read(stranger)).toMatchObject({snapshot: {budget: {failures: 0, failuresInContext: 0}}});
    });
  });

  describe('a rate limit', () => {
    it('lets its count pass at once and then one after the other, over all recipients', async () => {
      const {store, address, pass} = open(noWaits);
      const rateLimits = [{tag: address('limit').tag, count: 3, periodMs: 300}];
      const create = (to: string) => store.create(address(to), verification({rateLimits}));
      const outcomes = await times(10, (index) => create(`ada${index}`));
      expect(outcomes.filter(({kind}) => kind === 'created')).toHaveLength(3);
      const refused = outcomes.find((outcome) => outcome.kind === 'rate_limited');
      if (refused?.kind !== 'rate_limited') throw new Error('no refusal');
      expect(refused).toMatchObject({limit: 0});
      expect(refused.until - refused.at).toBeGreaterThan(0);
      expect(refused.until - refused.at).toBeLessThanOrEqual(100);
      await pass(refused.until - refused.at);
      expect(await create('bob')).toMatchObject({kind: 'created', limits: [{remaining: 0}]});
      expect(await create('eve')).toMatchObject({kind: 'rate_limited'});
    });

    it('is charged in turn, names which one refused, and is charged also for what is then refused', async () => {
      const {store, address} = open(noWaits);
      const [wide, narrow] = [
        {tag: address('wide').tag, count: 10, periodMs: minute},
        {tag: address('narrow').tag, count: 1, periodMs: minute},
      ];
      const rateLimits = [wide, narrow];
      expect(await store.create(address('ada'), verification({rateLimits, resendIntervalMs: minute}))).toMatchObject({
        kind: 'created',
        limits: [{remaining: 9}, {remaining: 0}],
      });
      expect(await store.create(address('bob'), verification({rateLimits}))).toMatchObject({
        kind: 'rate_limited',
        limit: 1,
      });
      expect(await store.create(address('ada'), verification({rateLimits: [wide]}))).toMatchObject({
        kind: 'send_too_soon',
      });
      expect(await store.create(address('eve'), verification({rateLimits: [wide]}))).toMatchObject({
        kind: 'created',
        limits: [{remaining: 6}],
      });
    });
  });

  describe('help for a recipient', () => {
    it('unlocks it: waits and block end, locked codes stay locked, and others are not touched', async () => {
      const {store, address} = open(noWaits);
      const [ada, bob] = [address('ada'), address('bob')];
      for (const where of [ada, bob]) {
        await store.create(where, verification());
        await store.check(where, wrong, {blockAfter: 1});
      }
      await store.unlock(ada.partition, [ada.recipientTag]);
      expect(await store.check(ada, right, limits)).toMatchObject({
        kind: 'final',
        snapshot: {status: 'locked', budget: {failures: 0, lockedUntil: 0}},
      });
      expect(await store.create(address('ada'), verification())).toMatchObject({
        kind: 'created',
        snapshot: {budget: {failures: 0}},
      });
      expect(await store.create(address('bob'), verification())).toMatchObject({kind: 'recipient_locked'});
    });

    it('erases its verifications, final ones too, and not its failures', async () => {
      const {store, outbox, address} = open(noWaits);
      const [pending, approved, other] = [address('ada'), address('ada'), address('bob')];
      for (const where of [approved, pending, other]) await store.create(where, verification());
      await store.check(approved, right, limits);
      await store.check(pending, wrong, limits);
      expect(await store.erase(pending.partition, [pending.recipientTag])).toBe(2);
      expect(await store.read(pending)).toEqual({kind: 'not_found'});
      expect(await store.read(approved)).toEqual({kind: 'not_found'});
      expect(await store.read(other)).toMatchObject({kind: 'found'});
      expect(await store.create(address('ada'), verification())).toMatchObject({
        kind: 'created',
        snapshot: {budget: {failures: 1}},
      });
      const messages = await receiveAll(outbox);
      const orphan = messages.find(({address: {id}}) => id === pending.id);
      if (orphan === undefined) throw new Error('no message');
      expect(await outbox.isCurrent(orphan)).toBe(false);
      await outbox.settle(orphan, {kind: 'failed'});
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
      expect(await store.check(where, renewed, limits)).toMatchObject({
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

  it('agrees with the reference model after any sequence of operations', async () => {
    const recipient = fc.constantFrom('ada', 'bob');
    const index = fc.nat({max: 12});
    const operation = fc.oneof(
      {weight: 3, arbitrary: fc.record({kind: fc.constant('create' as const), recipient})},
      {weight: 6, arbitrary: fc.record({kind: fc.constant('check' as const), index, right: fc.boolean()})},
      {weight: 1, arbitrary: fc.record({kind: fc.constantFrom('resend' as const, 'cancel' as const), index})},
      {weight: 1, arbitrary: fc.record({kind: fc.constantFrom('unlock' as const, 'erase' as const), recipient})},
    );
    await fc.assert(
      fc.asyncProperty(fc.array(operation, {maxLength: 40}), async (operations) => {
        const {store, address} = open(noWaits);
        const model = new ReferenceModel();
        const created: {where: Address; mac: string}[] = [];
        const nowhere = {where: address('nobody'), mac: ''};
        const {maxAttempts, blockAfter, maxPending, maxResends} = modelLimits;
        for (const [step, next] of operations.entries()) {
          const mac = `${step}`.padEnd(43, 'c');
          if (next.kind === 'create') {
            const where = address(next.recipient);
            const outcome = await store.create(where, verification({mac, maxAttempts, maxPending}));
            expect(outcome.kind).toBe(model.create(next.recipient));
            if (outcome.kind === 'created') created.push({where, mac});
          } else if ('recipient' in next) {
            const {partition, recipientTag} = address(next.recipient);
            await store[next.kind](partition, [recipientTag]);
            model[next.kind](next.recipient);
          } else {
            const target = created[next.index] ?? nowhere;
            if (next.kind === 'check') {
              const outcome = await store.check(target.where, next.right ? {mac: target.mac} : wrong, {blockAfter});
              expect(outcome.kind).toBe(model.check(next.index, next.right));
            } else if (next.kind === 'resend') {
              const outcome = await store.resend(target.where, code({mac, maxResends}));
              expect(outcome.kind).toBe(model.resend(next.index));
              if (outcome.kind === 'resent') target.mac = mac;
            } else expect((await store.cancel(target.where)).kind).toBe(model.cancel(next.index));
          }
        }
        for (const [position, {where}] of created.entries()) {
          const read = await store.read(where);
          const expected = model.read(position);
          if (read.kind === 'not_found') expect(expected).toBeUndefined();
          else {
            const {status, failedChecks, resends, budget} = read.snapshot;
            expect({status, failedChecks, resends, failures: budget.failures}).toEqual(expected);
          }
        }
      }),
      {numRuns: 150},
    );
  });
}
