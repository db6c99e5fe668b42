import {expect, test} from 'vitest';
import {failoverPace, workload} from '../scenarios/defaults.ts';
import {behaviourNames, planRun} from './plan.ts';

const pace = failoverPace.compressed;

test('the same seed gives the same run', () => {
  expect(planRun(workload, pace, 7)).toEqual(planRun(workload, pace, 7));
});

test('another seed gives other users and another fault', () => {
  const [one, two] = [planRun(workload, pace, 1), planRun(workload, pace, 2)];
  expect(one.users).not.toEqual(two.users);
  expect([one.faultStartMs, one.faultHoldMs]).not.toEqual([two.faultStartMs, two.faultHoldMs]);
});

test('another workload leaves the fault of a seed as it was', () => {
  const busier = planRun({...workload, usersPerSecond: 2 * workload.usersPerSecond}, pace, 3);
  expect(busier.faultStartMs).toBe(planRun(workload, pace, 3).faultStartMs);
});

test('each behaviour comes about as often as its weight says', () => {
  const {users} = planRun({...workload, usersPerSecond: 1_000}, pace, 1);
  const total = Object.values(workload.mix).reduce((sum, weight) => sum + weight, 0);
  for (const name of behaviourNames) {
    const share = users.filter(({behaviour}) => behaviour === name).length / users.length;
    expect(share).toBeCloseTo(workload.mix[name] / total, 1);
  }
});

test('who has a code from before the fault comes early enough to get it', () => {
  const {users, faultStartMs} = planRun({...workload, usersPerSecond: 1_000}, pace, 1);
  for (const name of ['holding', 'straddling', 'resending', 'repeating'] as const) {
    const starts = users.filter(({behaviour}) => behaviour === name).map(({startMs}) => startMs);
    expect(Math.max(...starts)).toBeLessThanOrEqual(faultStartMs);
    expect(Math.max(...starts)).toBeGreaterThan(0);
  }
});

test('of the codes that are typed in late some are from before the fault, and some new in it', () => {
  const {users, faultStartMs} = planRun({...workload, usersPerSecond: 1_000}, pace, 1);
  const starts = users.filter(({behaviour}) => behaviour === 'late').map(({startMs}) => startMs);
  expect(Math.min(...starts)).toBeLessThan(faultStartMs);
  expect(Math.max(...starts)).toBeGreaterThan(faultStartMs);
});

test.each([1, 2, 3, 4, 5])('all of seed %i lies within the bounds of the scenario', (seed) => {
  const {users, faultStartMs, faultHoldMs} = planRun(workload, pace, seed);
  expect(users).toHaveLength((workload.usersPerSecond * pace.workloadMs) / 1_000);
  expect(users.every(({startMs}) => startMs >= 0 && startMs <= pace.workloadMs)).toBe(true);
  expect(faultStartMs).toBeGreaterThanOrEqual(pace.startMs.min);
  expect(faultStartMs).toBeLessThanOrEqual(pace.startMs.max);
  expect(faultHoldMs).toBeGreaterThanOrEqual(pace.holdMs.min);
  expect(faultHoldMs).toBeLessThanOrEqual(pace.holdMs.max);
});
