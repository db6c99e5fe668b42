import {expect, test} from 'vitest';
import {timing, workload} from '../scenarios/defaults.ts';
import {behaviourNames, planRun} from './plan.ts';

test('the same seed gives the same run', () => {
  expect(planRun(workload, timing, 7)).toEqual(planRun(workload, timing, 7));
});

test('another seed gives other users and another fault', () => {
  const [one, two] = [planRun(workload, timing, 1), planRun(workload, timing, 2)];
  expect(one.users).not.toEqual(two.users);
  expect([one.faultStartMs, one.faultHoldMs]).not.toEqual([two.faultStartMs, two.faultHoldMs]);
});

test('another workload leaves the fault of a seed as it was', () => {
  const busier = planRun({...workload, usersPerSecond: 2 * workload.usersPerSecond}, timing, 3);
  expect(busier.faultStartMs).toBe(planRun(workload, timing, 3).faultStartMs);
});

test('each behaviour comes about as often as its weight says', () => {
  const {users} = planRun({...workload, usersPerSecond: 1_000}, timing, 1);
  const total = Object.values(workload.mix).reduce((sum, weight) => sum + weight, 0);
  for (const name of behaviourNames) {
    const share = users.filter(({behaviour}) => behaviour === name).length / users.length;
    expect(share).toBeCloseTo(workload.mix[name] / total, 1);
  }
});

test.each([1, 2, 3, 4, 5])('all of seed %i lies within the bounds of the scenario', (seed) => {
  const {users, faultStartMs, faultHoldMs} = planRun(workload, timing, seed);
  expect(users).toHaveLength((workload.usersPerSecond * workload.durationMs) / 1_000);
  expect(users.every(({startMs}) => startMs >= 0 && startMs <= workload.durationMs)).toBe(true);
  expect(faultStartMs).toBeGreaterThanOrEqual(timing.startMs.min);
  expect(faultStartMs).toBeLessThanOrEqual(timing.startMs.max);
  expect(faultHoldMs).toBeGreaterThanOrEqual(timing.holdMs.min);
  expect(faultHoldMs).toBeLessThanOrEqual(timing.holdMs.max);
});
