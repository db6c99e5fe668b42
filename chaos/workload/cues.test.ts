import {expect, test} from 'vitest';
import {Cues, type Moment} from './cues.ts';

test('who waits for a moment goes on when it comes, and not at another, nor for one that is over', async () => {
  const cues = new Cues();
  const gone: string[] = [];
  const wait = (name: string, ...moments: Moment[]) => void cues.next(...moments).then(() => gone.push(name));
  cues.give('broken');
  wait('either', 'breaking', 'broken');
  wait('healed', 'healed');
  await new Promise(setImmediate);
  expect(gone).toEqual([]);
  cues.give('broken');
  await new Promise(setImmediate);
  expect(gone).toEqual(['either']);
  cues.give('healed');
  await new Promise(setImmediate);
  expect(gone).toEqual(['either', 'healed']);
});
