import fc from 'fast-check';
import {expect, it} from 'vitest';
import {partitionCount} from '../domain/pseudonym.ts';
import {toStatus} from '../peers/protocol.ts';
import {reaches, reachOf} from './reach.ts';

const rest = {stopping: false, holds: true, holdsCopies: false};
const partitions = Array.from({length: partitionCount}, (_, partition) => partition);

it('a peer knows of each partition whether a process reaches it', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.constantFrom(...partitions)), (away) => {
      const heard = toStatus(JSON.parse(JSON.stringify({...reachOf((each) => away.includes(each)), ...rest})));
      expect(partitions.filter((each) => !reaches(heard, each))).toEqual(away.toSorted((a, b) => a - b));
      expect(heard.reachesStore).toBe(away.length === 0);
    }),
  );
});

it('who reaches all of the store or nothing says so in one word, as one does who knows of no parts', () => {
  expect(reachOf(() => false)).toEqual({reachesStore: true});
  expect(reachOf(() => true)).toEqual({reachesStore: false});
  expect(reachOf((partition) => partition === 63)).toEqual({reachesStore: false, unreached: '8000000000000000'});
});

it.each([
  null,
  [],
  'ready',
  {...rest},
  {...rest, reachesStore: 'true'},
  {reachesStore: true, stopping: 0, holds: true, holdsCopies: false},
  {...rest, reachesStore: false, unreached: 1},
  {...rest, reachesStore: false, unreached: ''},
  {...rest, reachesStore: false, unreached: 'f'.repeat(15)},
  {...rest, reachesStore: false, unreached: 'F'.repeat(16)},
  {...rest, reachesStore: false, unreached: `${'0'.repeat(16)}\n`},
  {...rest, reachesStore: false, unreached: ['0'.repeat(16)]},
  {...rest, reachesStore: false, unreached: 'f'.repeat(1_000_000)},
])('what is no status of a peer is refused, and quoted no longer than it is useful: case %#', (said) => {
  expect(() => toStatus(said)).toThrow(TypeError);
  expect(() => toStatus(said)).toThrow(/^.{1,250}$/);
});
