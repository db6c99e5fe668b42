import {describe, expect, it} from 'vitest';
import {
  code,
  limits,
  minute,
  noWaits,
  type OpenStore,
  receiveAll,
  right,
  snapshotOf,
  testTimings,
  verification,
  wrong,
} from './support.ts';

/** How failures are counted, waited for, and forgotten. */
export function failureBudgetContract(open: OpenStore): void {
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
      await store.create(second, verification({lifetimeMs: minute}));
      await store.check(second, wrong, limits);
      await pass(minute);
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
      await outbox.settle(orphan, {kind: 'failed', reason: 'refused'});
    });
  });
}
