import {expect, test} from 'vitest';
import {freshBytes} from './random.ts';

test('fresh bytes are as many as asked for, never the same again, and stay what they are', () => {
  const given = Array.from({length: 2000}, () => freshBytes(12));
  const seen = given.map((bytes) => bytes.toString('hex'));
  expect(new Set(seen.map((text) => text.length))).toEqual(new Set([24]));
  expect(new Set(seen).size).toBe(2000);
  for (let i = 0; i < 1000; i++) freshBytes(16);
  expect(given.map((bytes) => bytes.toString('hex'))).toEqual(seen);
});

test('no two of them share a byte of memory', () => {
  const [a, b] = [freshBytes(12), freshBytes(12)];
  a.fill(0);
  b.fill(1);
  expect([...a]).toEqual(Array(12).fill(0));
});
