import {pino} from 'pino';
import {expect, it, vi} from 'vitest';
import {Adoption} from '../store/adoption.ts';
import {verification} from '../store/contract/support.ts';
import {StoreError} from '../store/store.ts';
import {createAddressBook} from '../testing/addresses.ts';
import {FallbackStore} from './fallback-store.ts';
import {PartBreakers} from './part-breakers.ts';
import {Recovery} from './recovery.ts';

/** How long was waited, in ms; none of it passes. */
const pausesMs: number[] = [];
vi.mock('node:timers/promises', async (original) => {
  const timers = await original<typeof import('node:timers/promises')>();
  const setTimeout = (ms: number) => {
    pausesMs.push(ms);
    return timers.setImmediate();
  };
  return {...timers, setTimeout};
});

it('what the store has refused for long, as while its slot moves, is back within a second and a half once it is taken', async () => {
  const fallback = new FallbackStore({processes: () => 1});
  const {address, verification: about} = createAddressBook().draft('ada', verification()).addressTo('this');
  await fallback.create(address, about);
  const taken = Promise.withResolvers<void>();
  let refusals = 0;
  const recovery = new Recovery({
    instance: 'this',
    fallback,
    breakers: new PartBreakers({parts: {partOf: () => 'all', probe: async () => {}}, onChange() {}, failures: 100}),
    handover: {
      adoption: () =>
        new Adoption({
          ask: async () => 'lineage',
          async adopt() {
            if (refusals++ < 50) throw new StoreError('not_executed', 'TRYAGAIN');
            taken.resolve();
            return 'taken';
          },
        }),
    },
    log: pino({level: 'silent'}),
  });
  recovery.start();
  await taken.promise;
  await recovery.stop();
  // One for the refusals in a row, and one between two looks at what is held.
  const longestMs = Math.max(...pausesMs.map((ms, index) => ms + (pausesMs[index + 1] ?? 0)));
  expect(longestMs).toBeGreaterThan(250);
  expect(longestMs).toBeLessThan(1_500);
});
