import {expect, test} from 'vitest';
import type {Testbed} from '../executors/executor.ts';
import {breakAndHeal} from './break-and-heal.ts';
import type {Fault} from './fault.ts';

const testbed: Testbed = {
  baseUrl: '',
  apiKey: '',
  redis: {
    ping: async () => 'answered',
    kill: async () => {},
    start: async () => {},
    freeze: () => {},
    thaw: () => {},
  },
  [Symbol.asyncDispose]: async () => {},
};

/** A fault that answers the looks at it one after the other, and then the last one for ever; it remembers what was done to it. */
function scriptedFault(...looks: boolean[]) {
  const done: string[] = [];
  const fault: Fault = {
    name: 'scripted',
    description: '',
    executors: ['processes'],
    inject: async () => void done.push('injected'),
    isInEffect: async () => (looks.length > 1 ? looks.shift() : looks[0]) ?? false,
    heal: async () => void done.push('healed'),
  };
  return {fault, done};
}

function run(fault: Fault, {holdMs = 1, signal = new AbortController().signal} = {}) {
  return breakAndHeal(fault, {faultStartMs: 1, faultHoldMs: holdMs}, testbed, () => performance.now(), signal);
}

test('a fault that shows after it was injected and until it is healed gives its times', async () => {
  const {fault, done} = scriptedFault(false, true, true);
  const {startMs, provenMs, healStartMs, healedMs} = await run(fault);
  expect([startMs, provenMs, healStartMs, healedMs]).toEqual(
    [startMs, provenMs, healStartMs, healedMs].toSorted((a, b) => a - b),
  );
  expect(done).toEqual(['injected', 'healed']);
});

test('a fault that never shows makes the run worthless, and is healed', async () => {
  const {fault, done} = scriptedFault(false);
  await expect(run(fault)).rejects.toThrow('an effect of scripted did not happen');
  expect(done).toEqual(['injected', 'healed']);
});

test('a fault that is over before it is healed makes the run worthless', async () => {
  const {fault, done} = scriptedFault(false, true, false);
  await expect(run(fault)).rejects.toThrow('scripted was over before it was healed');
  expect(done).toEqual(['injected', 'healed']);
});

test('a fault that shows before it is injected makes the run worthless, and nothing is broken', async () => {
  const {fault, done} = scriptedFault(true);
  await expect(run(fault)).rejects.toThrow('looked in effect before it was injected');
  expect(done).toEqual([]);
});

test('an interrupt in the middle of the fault still heals it', async () => {
  const {fault, done} = scriptedFault(false, true);
  const interrupt = new AbortController();
  const running = run(fault, {holdMs: 60_000, signal: interrupt.signal});
  await expect.poll(() => done).toEqual(['injected']);
  interrupt.abort();
  await expect(running).rejects.toThrow('aborted');
  expect(done).toEqual(['injected', 'healed']);
});
