import {expect, test} from 'vitest';
import {median, quantile, ratios, summarise} from './statistics.ts';

const oneToHundred = Array.from({length: 100}, (_, index) => 100 - index);

test('a quantile is the nearest rank of the sorted values', () => {
  expect(quantile(oneToHundred, 0.5)).toBe(50);
  expect(quantile(oneToHundred, 0.99)).toBe(99);
  expect(quantile(oneToHundred, 1)).toBe(100);
  expect(quantile(oneToHundred, 0)).toBe(1);
  expect(quantile(new Float64Array([10, 9]), 0.99)).toBe(10);
});

test('the median of an even number of values is between the two in the middle', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 10, 2])).toBe(3);
});

test('a summary shows how far the rounds lie apart', () => {
  expect(summarise([5, 1, 3])).toEqual({median: 3, lowest: 1, highest: 5});
});

test('ratios are made within a round: a slow machine slows both', () => {
  expect(ratios([90, 45], [100, 50])).toEqual([0.9, 0.9]);
  expect(() => ratios([1], [])).toThrow('1 rounds against 0');
});

test('nothing has no quantile', () => {
  expect(() => quantile([], 0.5)).toThrow('no values');
  expect(() => median([])).toThrow('no values');
});
