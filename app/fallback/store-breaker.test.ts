import {expect, it} from 'vitest';
import {toStoreError} from '../store/redis-errors.ts';
import {StoreError, StoreUndecided} from '../store/store.ts';
import {until} from '../testing/until.ts';
import {StoreBreaker} from './store-breaker.ts';

const away = () => Promise.reject(new StoreError('not_executed', 'away'));
/** So long that no test sees a probe that nobody asked for. */
const probeEveryMs = 3_600_000;

async function open(breaker: StoreBreaker): Promise<void> {
  for (let failures = 0; failures < 5; failures++) await breaker.run(away).catch(() => {});
  expect(breaker.isOpen).toBe(true);
}

it('a store that is away is asked when a connection is there, once for a crowd of them', async () => {
  let probes = 0;
  const breaker = new StoreBreaker({probe: async () => void probes++, onChange() {}, probeEveryMs});
  breaker.start();
  await open(breaker);
  for (let connections = 0; connections < 5; connections++) breaker.probeSoon();
  await until('the probe', () => !breaker.isOpen);
  // Of a store that is there nobody has to hear.
  breaker.probeSoon();
  await breaker.stop();
  expect(probes).toBe(1);
});

it('a connection that is there while a probe is under way is a reason for another one: that one may have come too early', async () => {
  const first = Promise.withResolvers<void>();
  let probes = 0;
  const breaker = new StoreBreaker({
    probe: () => (++probes === 1 ? first.promise : Promise.resolve()),
    onChange() {},
    probeEveryMs,
  });
  breaker.start();
  await open(breaker);
  breaker.probeSoon();
  await until('the first probe', () => probes === 1);
  breaker.probeSoon();
  first.reject(new StoreError('not_executed', 'there is no connection'));
  await until('the second probe', () => !breaker.isOpen);
  await breaker.stop();
  expect(probes).toBe(2);
});

it('a store that does not know yet what has become of a code is not away', async () => {
  const breaker = new StoreBreaker({probe: async () => {}, onChange() {}, probeEveryMs});
  for (let checks = 0; checks < 10; checks++) {
    const check = breaker.run(() => Promise.reject(new StoreUndecided('a switch is under way')));
    await expect(check).rejects.toBeInstanceOf(StoreUndecided);
  }
  expect(breaker.isOpen).toBe(false);
});

it.each(['TRYAGAIN Multiple keys request during rehashing of slot', 'ASK 2518 127.0.0.1:6381'])(
  'a store that refuses what is in a slot that moves is not away for all other slots: %s',
  async (reply) => {
    const breaker = new StoreBreaker({probe: async () => {}, onChange() {}, probeEveryMs});
    const refused = () => Promise.reject(toStoreError(new Error(reply)));
    for (let creations = 0; creations < 10; creations++) await expect(breaker.run(refused)).rejects.toThrow(reply);
    expect(breaker.isOpen).toBe(false);
    // Nor do such refusals hide that it goes away.
    for (let failures = 0; failures < 5; failures++) {
      await expect(breaker.run(away)).rejects.toThrow('away');
      await expect(breaker.run(refused)).rejects.toBeInstanceOf(StoreError);
    }
    expect(breaker.isOpen).toBe(true);
  },
);
