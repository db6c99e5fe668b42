import {describe, expect, it} from 'vitest';
import {
  code,
  countOf,
  limits,
  minute,
  noWaits,
  type OpenStore,
  receiveAll,
  right,
  times,
  verification,
  wrong,
} from './support.ts';

/** Repeated requests and too many of them. */
export function requestsContract(open: OpenStore): void {
  describe('a repetition of a request', () => {
    const request = {tag: 'request-1', fingerprint: 'f1'};

    it('that created something gets the same answer, also when it comes at the same time, and creates and queues once', async () => {
      const {store, outbox, address, limitTag} = open(noWaits);
      const limit = {tag: limitTag(), count: 5, periodMs: minute};
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

    it('that has no key is known by the id that it creates, whatever has become of that since', async () => {
      const {store, outbox, address, limitTag} = open(noWaits);
      const limit = {tag: limitTag(), count: 5, periodMs: minute};
      const where = address('ada');
      const create = (changes = {}) =>
        store.create(where, verification({rateLimits: [limit], maxPending: 1, ...changes}));
      const outcomes = await times(5, () => create());
      expect(outcomes.map((outcome) => outcome.kind === 'created' && outcome.id)).toEqual(outcomes.map(() => where.id));
      expect(await receiveAll(outbox)).toHaveLength(1);
      expect(await store.check(where, right, limits)).toMatchObject({kind: 'approved'});
      expect(await create()).toMatchObject({kind: 'created', id: where.id, snapshot: {status: 'approved'}});
      expect(await store.check(where, right, limits)).toMatchObject({kind: 'final'});
      const next = await store.create(address('ada'), verification({rateLimits: [limit]}));
      expect(next).toMatchObject({limits: [{remaining: 3}]});
      const returned = address('bob');
      for (let i = 0; i < 2; i++)
        expect(await store.create(returned, verification({deliver: false, sealedCode: 'own'}))).toMatchObject({
          sealedCode: 'own',
        });
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
      await store.create(first, verification({resendIntervalMs: minute}));
      expect(await store.create(second, verification(), request)).toMatchObject({kind: 'send_too_soon'});
      await pass(minute);
      expect(await store.create(second, verification(), request)).toMatchObject({kind: 'created', id: second.id});
    });
  });

  describe('a rate limit', () => {
    it('lets its count pass at once and then one after the other, over all recipients', async () => {
      const {store, address, limitTag, pass} = open(noWaits);
      const rateLimits = [{tag: limitTag(), count: 3, periodMs: 3 * minute}];
      const create = (to: string) => store.create(address(to), verification({rateLimits}));
      const outcomes = await times(10, (index) => create(`ada${index}`));
      expect(outcomes.filter(({kind}) => kind === 'created')).toHaveLength(3);
      const refused = outcomes.find((outcome) => outcome.kind === 'rate_limited');
      if (refused?.kind !== 'rate_limited') throw new Error('no refusal');
      expect(refused).toMatchObject({limit: 0});
      expect(refused.until - refused.at).toBeGreaterThan(0);
      expect(refused.until - refused.at).toBeLessThanOrEqual(minute);
      await pass(refused.until - refused.at);
      expect(await create('bob')).toMatchObject({kind: 'created', limits: [{remaining: 0}]});
      expect(await create('eve')).toMatchObject({kind: 'rate_limited'});
    });

    it('is charged in turn, names which one refused, and is charged also for what is then refused', async () => {
      const {store, address, limitTag} = open(noWaits);
      const [wide, narrow] = [
        {tag: limitTag(), count: 10, periodMs: minute},
        {tag: limitTag(), count: 1, periodMs: minute},
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
}
