import {expect, test} from 'vitest';
import {Cues} from '../workload/cues.ts';
import {breakAndHeal} from './break-and-heal.ts';
import type {Fault, FaultInHand} from './fault.ts';

/** A fault that answers the looks at it one after the other, and then the last one for ever; it remembers what was done to it. */
function scriptedFault(...looks: boolean[]) {
  const done: string[] = [];
  const inHand: FaultInHand = {
    effectMs: 100,
    inject: async () => void done.push('injected'),
    isInEffect: async () => (looks.length > 1 ? looks.shift() : looks[0]) ?? false,
    heal: async () => void done.push('healed'),
  };
  return {inHand, done};
}

const fault: Fault = {name: 'scripted', description: '', on: {}};

function run(inHand: FaultInHand, {holdMs = 1, signal = new AbortController().signal} = {}) {
  const plan = {faultStartMs: 1, faultHoldMs: holdMs};
  return breakAndHeal({fault, inHand, plan, cues: new Cues(), note: () => performance.now(), signal});
}

test('a fault that shows after it was injected and until it is healed gives its times', async () => {
  const {inHand, done} = scriptedFault(false, true, true);
  const {startMs, provenMs, healStartMs, healedMs} = await run(inHand);
  expect([startMs, provenMs, healStartMs, healedMs]).toEqual(
    [startMs, provenMs, healStartMs, healedMs].toSorted((a, b) => a - b),
  );
  expect(done).toEqual(['injected', 'healed']);
});

test('a fault that never shows makes the run worthless, and is healed', async () => {
  const {inHand, done} = scriptedFault(false);
  await expect(run(inHand)).rejects.toThrow('an effect of scripted did not happen');
  expect(done).toEqual(['injected', 'healed']);
});

test('a fault that is over before it is healed makes the run worthless', async () => {
  const {inHand, done} = scriptedFault(false, true, false);
  await expect(run(inHand)).rejects.toThrow('scripted was over before it was healed');
  expect(done).toEqual(['injected', 'healed']);
});

test('a fault that shows before it is injected makes the run worthless, and nothing is broken', async () => {
  const {inHand, done} = scriptedFault(true);
  await expect(run(inHand)).rejects.toThrow('looked in effect before it was injected');
  expect(done).toEqual([]);
});

test('an interrupt in the middle of the fault still heals it', async () => {
  const {inHand, done} = scriptedFault(false, true);
  const interrupt = new AbortController();
  const running = run(inHand, {holdMs: 60_000, signal: interrupt.signal});
  await expect.poll(() => done).toEqual(['injected']);
  interrupt.abort();
  await expect(running).rejects.toThrow('aborted');
  expect(done).toEqual(['injected', 'healed']);
});
