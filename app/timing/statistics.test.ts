import {expect, test} from 'vitest';
import {compare} from './statistics.ts';

/** The same numbers in every run (a linear congruential generator). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
}

test('agrees with a comparison by hand: of twelve pairs, b is the longer in ten and equal in one', () => {
  const {longer, medianDifference} = compare([1, 2, 4], [3, 4, 5, 6], seeded(1));
  expect(longer).toBeCloseTo(10.5 / 12);
  expect(medianDifference).toBe(3);
});

test('tells a shift of a tenth of the spread apart in 4000 times, and the same distribution not', () => {
  const random = seeded(7);
  const times = (shift: number) =>
    Array.from({length: 4000}, () => 300 + shift + 50 * (random() + random() + random()));
  const same = compare(times(0), times(0), random);
  expect(same.pValue).toBeGreaterThan(0.001);
  expect(same.interval[0]).toBeLessThan(0);
  expect(same.interval[1]).toBeGreaterThan(0);
  const shifted = compare(times(0), times(5), random);
  expect(shifted.pValue).toBeLessThan(1e-6);
  expect(shifted.longer).toBeGreaterThan(0.53);
  expect(shifted.interval[0]).toBeGreaterThan(0);
});

test('equal times tell nothing', () => {
  const {longer, pValue, medianDifference} = compare([1, 1, 1], [1, 1], seeded(1));
  expect([longer, medianDifference]).toEqual([0.5, 0]);
  expect(pValue).toBeCloseTo(1);
});
