import {execFile} from 'node:child_process';
import {promisify} from 'node:util';
import {expect, it} from 'vitest';

const run = promisify(execFile);

/** Keeps all that it can while there is room, in a process of its own; tells what became of that. */
const program = `
import {setImmediate as turn} from 'node:timers/promises';
import {HeapRoom} from ${JSON.stringify(new URL('heap-room.ts', import.meta.url).href)};
using room = new HeapRoom();
let kept = [];
const keepWhileThereIsRoom = async () => {
  const before = kept.length;
  while (kept.length < 1e6 && room.take()) {
    kept.push(Array.from({length: 200}, () => Math.random()));
    if (kept.length % 500 === 0) await turn();
  }
  return kept.length - before;
};
const first = await keepWhileThereIsRoom();
kept = [];
gc();
const again = await keepWhileThereIsRoom();
console.log(JSON.stringify({first, again}));
`;

it('ends before memory does, and is there again when what was kept has been collected', async () => {
  const {stdout} = await run(process.execPath, [
    '--max-old-space-size=40',
    '--max-semi-space-size=1',
    '--expose-gc',
    '--input-type=module',
    '--eval',
    program,
  ]);
  const {first, again} = JSON.parse(stdout);
  expect(first).toBeGreaterThan(5000);
  expect(first).toBeLessThan(1e6);
  expect(again).toBeGreaterThan(5000);
});
