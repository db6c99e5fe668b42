import {describe, expect, test} from 'vitest';
import {flowsOf, MIXED} from './flows/flow.ts';
import {compileOptions} from './options.ts';
import {profileNamed, profiles} from './profiles/index.ts';
import {peakPerSecond, rateAt} from './profiles/profile.ts';

describe.each(profiles.map((profile) => [profile.name, profile] as const))('profile %s', (_, profile) => {
  const {scenarios, thresholds} = compileOptions(profile, flowsOf(MIXED));

  test('the flows together start as many journeys as the shape says', () => {
    const perMinuteAtPeak = Object.values(scenarios)
      .map((scenario) => Math.max(scenario.startRate ?? 0, ...scenario.stages.map((stage) => stage.target)))
      .reduce((sum, rate) => sum + rate, 0);
    expect(perMinuteAtPeak / 60).toBeCloseTo(peakPerSecond(profile), 1);
  });

  test('every flow runs in an open model', () => {
    expect(Object.values(scenarios).map((scenario) => scenario.executor)).toEqual(
      flowsOf(MIXED).map(() => 'ramping-arrival-rate'),
    );
  });

  test('dropped iterations break the run', () => {
    expect(JSON.stringify(thresholds.dropped_iterations)).toContain('count<1');
  });
});

test('the rate moves in a straight line from leg to leg', () => {
  const spike = profileNamed('spike');
  expect([0, 10, 11, 12, 20, 28, 1_000].map((seconds) => rateAt(spike, seconds))).toEqual([
    10, 10, 55, 100, 100, 55, 10,
  ]);
});

test('the shares of the flows add up to the whole', () => {
  expect(flowsOf(MIXED).reduce((sum, flow) => sum + flow.share, 0)).toBeCloseTo(1, 9);
});

test('a flow alone gets the whole rate', () => {
  const {scenarios} = compileOptions(profileNamed('smoke'), flowsOf('status'));
  expect(Object.keys(scenarios)).toEqual(['status']);
  expect(scenarios.status?.startRate).toBe(6 * 60);
});

test('a search for the limit stops at the first broken objective, other runs go on to their end', () => {
  const aborting = (name: string) =>
    JSON.stringify(compileOptions(profileNamed(name), flowsOf(MIXED)).thresholds).includes('abortOnFail');
  expect(aborting('breakpoint')).toBe(true);
  expect(aborting('smoke')).toBe(false);
});
