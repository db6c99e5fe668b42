import {expect, test} from 'vitest';
import {acceptedAtMostOnce} from './checks/accepted-at-most-once.ts';
import {killRedis} from './faults/kill-redis.ts';
import {bounds, environment, timing, workload} from './scenarios/defaults.ts';
import type {Scenario} from './scenarios/scenario.ts';
import {accepted, refused, runOf} from './testing/history.ts';
import {judge} from './verdict.ts';

const scenario: Scenario = {
  name: 'example',
  claim: 'nothing counts twice',
  environment,
  steadyJourneys: 1,
  workload,
  fault: killRedis,
  timing,
  checks: [acceptedAtMostOnce],
  bounds,
};

const duringFault = Array.from({length: 10}, (_, position) =>
  refused(1_200 + position, 503, 'store_unavailable', {verificationId: `v${position}`}),
);

test('kept claims under a fault that met requests pass', () => {
  expect(judge(scenario, runOf(...duringFault)).verdict).toBe('pass');
});

test('a broken claim fails', () => {
  expect(judge(scenario, runOf(...duringFault, accepted(3_000), accepted(4_000))).verdict).toBe('fail');
});

test('a fault that hardly any request met proves nothing', () => {
  const judgement = judge(scenario, runOf(...duringFault.slice(1)));
  expect(judgement).toMatchObject({
    verdict: 'invalid',
    invalidBecause: ['9 requests met the fault, at least 10 are needed'],
  });
});

test('refusals before the fault make a run invalid: something else was broken', () => {
  const judgement = judge(scenario, runOf(refused(500, 503, 'store_unavailable'), ...duringFault));
  expect(judgement).toMatchObject({verdict: 'invalid', invalidBecause: ['1 requests were refused before the fault']});
});

test('a broken claim outweighs doubts about the run', () => {
  expect(judge(scenario, runOf(accepted(3_000), accepted(4_000))).verdict).toBe('fail');
});
