import {afterEach, expect, it} from 'vitest';
import {StoreError, StoreLimitAway} from '../store/store.ts';
import {until} from '../testing/until.ts';
import {PartBreakers} from './part-breakers.ts';

let breakers: PartBreakers;
afterEach(() => breakers.stop());

const awayError = new StoreError('not_executed', 'away');
const away = () => Promise.reject(awayError);

/** Two parts, of the even partitions and of the odd ones, until `places` says otherwise. */
function start(changes: {probe?: (partition: number) => Promise<void>; probeEveryMs?: number} = {}) {
  const places = new Map([0, 1].map((parity) => [parity, ['even', 'odd'][parity] ?? '']));
  const told: string[] = [];
  breakers = new PartBreakers({
    parts: {partOf: (partition) => places.get(partition % 2) ?? '', probe: changes.probe ?? (async () => {})},
    onChange: ({part, isAway}) => void told.push(`${part} ${isAway ? 'away' : 'back'}`),
    // So long that no test sees a probe that nobody asked for.
    probeEveryMs: changes.probeEveryMs ?? 3_600_000,
  });
  breakers.start();
  return {places, told};
}

async function fail(partition: number, operation: () => Promise<never> = away): Promise<void> {
  for (let failures = 0; failures < 5; failures++)
    await expect(breakers.run(partition, operation)).rejects.toBeInstanceOf(StoreError);
}

it('a part that is away keeps nothing from the others, whose answers do not hide that it is away either', async () => {
  const {told} = start();
  for (let failures = 0; failures < 5; failures++) {
    await expect(breakers.run(2 * failures, away)).rejects.toThrow('away');
    expect(await breakers.run(1, async () => 'answer')).toBe('answer');
  }
  expect([0, 1, 62, 63].map((partition) => breakers.isOpen(partition))).toEqual([true, false, true, false]);
  expect(breakers.isAnyOpen).toBe(true);
  expect(await breakers.run(63, async () => 'answer')).toBe('answer');
  await expect(breakers.run(62, async () => 'answer')).rejects.toThrow('is not asked');
  await expect(breakers.runOnAll(async () => 'answer')).rejects.toBeInstanceOf(StoreError);
  expect(told).toEqual(['even away']);
});

it('each part is asked whether it is back by a partition of its own', async () => {
  const asked = new Set<number>();
  const {told} = start({
    async probe(partition) {
      asked.add(partition % 2);
      if (partition % 2 === 0) throw awayError;
    },
    probeEveryMs: 20,
  });
  await until('the loss', () => told.includes('even away'));
  await until('a probe of each', () => asked.size === 2);
  expect([breakers.isOpen(0), breakers.isOpen(1)]).toEqual([true, false]);
  expect([breakers.reachedAt(0), breakers.reachedAt(1)]).toEqual([Number.NEGATIVE_INFINITY, expect.any(Number)]);
  expect(breakers.reachedAt(1)).toBeGreaterThan(0);
});

it('partitions that another server has taken over are asked there at once, and the old one is forgotten', async () => {
  const {places, told} = start();
  await fail(0);
  places.set(0, 'heir');
  expect(await breakers.run(0, async () => 'answer')).toBe('answer');
  expect(breakers.isAnyOpen).toBe(false);
  breakers.probeSoon();
  expect(told).toEqual(['even away', 'even back']);
  await fail(0);
  // What it was found to be before does not count when it has partitions again.
  places.set(0, 'even');
  expect(breakers.isOpen(0)).toBe(false);
});

it('a limit that lies in a part that is away is no failure of the part that was asked', async () => {
  start();
  await fail(1, () => Promise.reject(new StoreLimitAway(awayError)));
  expect(breakers.isOpen(1)).toBe(false);
});
