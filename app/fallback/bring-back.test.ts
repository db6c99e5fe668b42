import {pino} from 'pino';
import {expect, it} from 'vitest';
import {Adoption} from '../store/adoption.ts';
import {verification} from '../store/contract/support.ts';
import {StoreError} from '../store/store.ts';
import {createAddressBook} from '../testing/addresses.ts';
import {until} from '../testing/until.ts';
import {FallbackStore} from './fallback-store.ts';
import {PartBreakers} from './part-breakers.ts';
import {Recovery} from './recovery.ts';

it('what came while one of unknown outcome was waited for goes to the store at once, and is not taken for refused', async () => {
  const complaints: string[] = [];
  const fallback = new FallbackStore({processes: () => 1});
  const book = createAddressBook();
  const hold = (name: string) => {
    const {address, verification: about} = book.draft(name, verification()).addressTo('this');
    return fallback.create(address, about);
  };
  const sending = Promise.withResolvers<void>();
  const othersCame = Promise.withResolvers<void>();
  let sent = 0;
  const recovery = new Recovery({
    instance: 'this',
    fallback,
    breakers: new PartBreakers({parts: {partOf: () => 'all', probe: async () => {}}, onChange() {}}),
    handover: {
      adoption: () =>
        new Adoption({
          ask: async () => 'lineage',
          async adopt() {
            if (sent++ > 0) return 'taken';
            sending.resolve();
            await othersCame.promise;
            throw new StoreError('unknown', 'the answer was lost');
          },
        }),
    },
    log: pino({level: 'error'}, {write: (line) => void complaints.push(line)}),
  });
  await hold('ada');
  recovery.start();
  await sending.promise;
  for (const name of ['bob', 'cyd', 'dan']) await hold(name);
  othersCame.resolve();
  await until('the others', () => fallback.isEmpty);
  await recovery.stop();
  expect(complaints).toEqual([]);
});

it.each([
  ['and is not lost if it arrives', 'taken'],
  ['and given up after that', 'unknown'],
] as const)(
  'what is in doubt when the process ends is sent once more, also to a store that counts as away, %s',
  async (_, result) => {
    const fallback = new FallbackStore({processes: () => 1});
    const {address, verification: about} = createAddressBook().draft('ada', verification()).addressTo('this');
    await fallback.create(address, about);
    const away = () => Promise.reject(new StoreError('not_executed', 'away'));
    const unsettled: string[] = [];
    let sent = 0;
    const recovery = new Recovery({
      instance: 'this',
      fallback,
      breakers: {
        isOpen: () => sent > 0,
        partOf: () => 'all',
        partitionsOf: () => [],
        run: (_partition, operation) => (sent > 0 ? away() : operation()),
      },
      handover: {
        adoption: () =>
          new Adoption({
            ask: async () => 'lineage',
            async adopt() {
              if (sent++ > 0 && result === 'taken') return 'taken';
              throw new StoreError('unknown', 'the answer was lost');
            },
          }),
      },
      onUnsettled: ({recipientTag}) => void unsettled.push(recipientTag),
      log: pino({level: 'silent'}),
    });
    const bringing = recovery.bring(address);
    await until('the doubt', () => sent > 0);
    await recovery.stop();
    expect(await bringing).toBe(result);
    expect(sent).toBe(2);
    // Others do not find it, or nobody does.
    expect(unsettled).toEqual([address.recipientTag]);
    // Whom a request brings back now is not sent.
    await fallback.create(address, about);
    expect(await recovery.bring(address)).toBe('refused');
  },
);
