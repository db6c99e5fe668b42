import {expect, test} from 'vitest';
import {parseArguments, UsageError} from './arguments.ts';

test('without arguments a run takes minutes, not a million cycles', () => {
  expect(parseArguments([])).toEqual({rounds: 7, seconds: 1, cycles: 20_000});
});

test('every number can be given, and --million stands for its cycles', () => {
  expect(parseArguments(['--rounds', '3', '--seconds', '0.5', '--million', '--profile', 'out'])).toEqual({
    rounds: 3,
    seconds: 0.5,
    cycles: 1_000_000,
    profileDirectory: 'out',
  });
});

test.each([
  [['--rounds', '0'], '--rounds: "0", expected a whole number from 1 to 100'],
  [['--rounds', '2.5'], '--rounds: "2.5", expected a whole number from 1 to 100'],
  [['--seconds', 'long'], '--seconds: "long", expected a number from 0.2 to 60'],
  [['--cycles', ''], '--cycles: "", expected a whole number from 1000 to 1000000'],
  [['--cycles', '5000', '--million'], '--cycles and --million exclude each other'],
  [['--round', '2'], "Unknown option '--round'"],
])('%j is refused with what was expected', (args, message) => {
  expect(() => parseArguments(args)).toThrow(UsageError);
  expect(() => parseArguments(args)).toThrow(message);
});

test('the memory of the fallback is measured alone', () => {
  expect(parseArguments(['--fallback-memory'])).toBe('fallback-memory');
});

test('--help asks for help, whatever else is there', () => {
  expect(parseArguments(['--help', '--rounds', '0'])).toBe('help');
});
