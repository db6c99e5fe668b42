import {describe, expect, it} from 'vitest';
import {createAddressBook} from '../testing/addresses.ts';
import {code, limits, noWaits, right, verification, wrong} from './contract/support.ts';
import {startDeadline, under} from './deadline.ts';
import {MemoryStore} from './memory-store.ts';
import {retrying} from './retrying-store.ts';
import {type Effect, type Store, StoreError} from './store.ts';

const {address} = createAddressBook();
const request = {tag: 'request', fingerprint: 'f'};

/** Where the deadline is what ends it, in ms. */
const brief = 300;

/** A real store whose answers get lost, or that is not even reached, as often as it is told. */
function flaky(deadlineMs = 60_000) {
  const store = new MemoryStore({enqueue: () => {}, timings: noWaits});
  const faults: (Effect | 'silence')[] = [];
  let calls = 0;
  const proxied = new Proxy<Store>(store, {
    get:
      (_target, name: keyof Store) =>
      async (...args: unknown[]) => {
        calls++;
        const fault = faults.shift();
        if (fault === 'not_executed') throw new StoreError(fault, 'refused');
        const outcome = await (store[name] as (...all: unknown[]) => Promise<unknown>).apply(store, args);
        if (fault === 'silence') return new Promise(() => {});
        if (fault !== undefined) throw new StoreError(fault, 'lost on the way');
        return outcome;
      },
  });
  return {
    store,
    retried: retrying(proxied, {deadlineMs, random: () => 0.1}),
    calls: () => calls,
    fail: (...effects: (Effect | 'silence')[]) => faults.push(...effects),
  };
}

describe('a store that is asked again', () => {
  it('does what was not done the first times', async () => {
    const {retried, fail, calls} = flaky();
    const where = address('ada');
    fail('not_executed', 'not_executed');
    expect(await retried.create(where, verification())).toMatchObject({kind: 'created'});
    fail('not_executed');
    expect(await retried.check(where, wrong, limits)).toMatchObject({kind: 'incorrect', snapshot: {failedChecks: 1}});
    expect(calls()).toBe(5);
  });

  it.each<Effect>(['unknown', 'executed_unreplicated'])(
    'learns from its record what became of a request with a key: %s',
    async (effect) => {
      const {retried, fail, store} = flaky();
      const where = address('ada');
      fail(effect);
      expect(await retried.create(where, verification(), request)).toMatchObject({kind: 'created', id: where.id});
      fail(effect, 'not_executed', effect);
      expect(await retried.check(where, wrong, limits, {...request, tag: 'wrong'})).toMatchObject({kind: 'incorrect'});
      fail(effect);
      await retried.resend(where, code(), {...request, tag: 'resend'});
      expect(await store.read(where)).toMatchObject({snapshot: {failedChecks: 1, resends: 1}});
    },
  );

  it.each<Effect>(['unknown', 'executed_unreplicated'])(
    'sends nothing again blindly that has no key: %s',
    async (effect) => {
      const {retried, fail, store, calls} = flaky();
      const where = address('ada');
      await store.create(where, verification());
      const times: (() => Promise<unknown>)[] = [
        () => retried.check(where, wrong, limits),
        () => retried.resend(where, code()),
        () => retried.create(address('bob'), verification()),
      ];
      for (const operation of times) {
        fail(effect);
        await expect(operation()).rejects.toMatchObject({effect});
      }
      expect(calls()).toBe(3);
      expect(await store.read(where)).toMatchObject({snapshot: {failedChecks: 1, resends: 1}});
    },
  );

  it('repeats what comes to the same when it is done twice', async () => {
    const {retried, fail, store} = flaky();
    const where = address('ada');
    await store.create(where, verification());
    fail('unknown');
    expect(await retried.read(where)).toMatchObject({kind: 'found'});
    fail('unknown');
    expect(await retried.cancel(where)).toMatchObject({kind: 'canceled'});
    fail('unknown');
    await retried.unlock(where.partition, [where.recipientTag]);
    fail('unknown');
    await retried.erase(where.partition, [where.recipientTag]);
    expect(await store.read(where)).toEqual({kind: 'not_found'});
  });

  it('says, when its time is over, what can have happened in all of its attempts', async () => {
    const {retried, fail} = flaky(brief);
    fail(...Array<Effect>(500).fill('not_executed'));
    await expect(retried.check(address('ada'), right, limits)).rejects.toMatchObject({effect: 'not_executed'});
    const {retried: other, fail: failOther} = flaky(brief);
    failOther('unknown', ...Array<Effect>(500).fill('not_executed'));
    await expect(other.check(address('ada'), right, limits, request)).rejects.toMatchObject({effect: 'unknown'});
  });

  it('has of its own time what the operation has left that it is a part of, and begins nothing after that', async () => {
    const read = () => Promise.reject(new StoreError('not_executed', 'refused'));
    const patient = retrying({read} as unknown as Store, {deadlineMs: 60_000});
    const part = under(startDeadline(100), () => patient.read(address('ada')));
    await expect(part).rejects.toMatchObject({effect: 'not_executed'});
    const {retried, calls} = flaky();
    const late = under(startDeadline(0), () => retried.create(address('ada'), verification()));
    await expect(late).rejects.toMatchObject({effect: 'not_executed'});
    expect(calls()).toBe(0);
  });

  it('answers within its deadline, also where the store never does', async () => {
    const {retried, fail} = flaky(brief);
    fail('silence');
    await expect(retried.create(address('ada'), verification(), request)).rejects.toMatchObject({effect: 'unknown'});
  });
});
