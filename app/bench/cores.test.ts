import {expect, test} from 'vitest';
import {parseCoreList} from './cores.ts';

test.each([
  [' 0,1\n', [0, 1]],
  ['0-3', [0, 1, 2, 3]],
  ['2,4-5,7', [2, 4, 5, 7]],
  ['', []],
])('the list %j of taskset names the cores %j', (list, cores) => {
  expect(parseCoreList(list === '' ? 'none' : list)).toEqual(cores);
});
