import {describe, expect, it} from 'vitest';
import {
  code,
  countOf,
  limits,
  minute,
  noWaits,
  type OpenStore,
  right,
  snapshotOf,
  times,
  verification,
  wrong,
} from './support.ts';

/** What a check of a code answers, and how often. */
export function codesContract(open: OpenStore): void {
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
      await store.create(where, verification({lifetimeMs: 100}));
      for (let isOver = false; !isOver; await pass(1)) {
        const read = await store.read(where);
        if (read.kind !== 'found') throw new Error(read.kind);
        const {at, expiresAt, status} = read.snapshot;
        isOver = at >= expiresAt;
        expect(status, `${at - expiresAt} ms after expiry`).toBe(isOver ? 'expired' : 'pending');
      }
      expect(await store.check(where, right, limits)).toMatchObject({kind: 'final', snapshot: {status: 'expired'}});
    });

    it('does not live longer because somebody reads it or checks it', async () => {
      const {store, address, pass} = open(noWaits);
      const where = address('ada');
      const {expiresAt} = snapshotOf(await store.create(where, verification({lifetimeMs: minute})));
      await store.check(where, wrong, limits);
      const read = await store.read(where);
      expect(read).toMatchObject({kind: 'found', snapshot: {expiresAt}});
      await pass(minute);
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
}
