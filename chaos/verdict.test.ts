import {describe, expect, test} from 'vitest';
import {acceptedAtMostOnce} from './checks/accepted-at-most-once.ts';
import {answersInTime} from './checks/answers-in-time.ts';
import {killRedis} from './faults/kill-redis.ts';
import {common, disturbancePace} from './scenarios/defaults.ts';
import type {Scenario} from './scenarios/scenario.ts';
import {accepted, created, type Given, refused, runOf} from './testing/history.ts';
import {judge} from './verdict.ts';

const scenario: Scenario = {
  ...common,
  name: 'example',
  claim: 'nothing counts twice',
  fault: killRedis,
  pace: disturbancePace,
  checks: [acceptedAtMostOnce, answersInTime],
};

const inFault = Array.from({length: 10}, (_, position) => {
  const id = {verificationId: `v${position}`};
  return position < 7 ? refused(1_200 + position, 503, 'store_unavailable', id) : created(1_200 + position, id);
});
const afterwards = Array.from({length: 10}, (_, position) =>
  accepted(2_500 + position, {verificationId: `a${position}`}),
);
const duringFault = [...inFault, ...afterwards];

test('kept claims under a fault that met requests pass', () => {
  expect(judge(scenario, runOf(...duringFault)).verdict).toBe('pass');
});

test('a broken claim fails', () => {
  expect(judge(scenario, runOf(...duringFault, accepted(3_000), accepted(4_000))).verdict).toBe('fail');
});

test('a fault that hardly any request met proves nothing', () => {
  const judgement = judge(scenario, runOf(...inFault.slice(1), ...afterwards));
  expect(judgement).toMatchObject({
    verdict: 'invalid',
    invalidBecause: ['9 requests met the fault, at least 10 are needed'],
  });
  // One that began before it and hung in it has met it as well.
  const hung = {...refused(900, 503, 'store_unavailable'), endMs: 1_300};
  expect(judge(scenario, runOf(hung, ...inFault.slice(1), ...afterwards)).verdict).toBe('pass');
});

test('neither does one that met no checks or no creates, or after which hardly a code was accepted', () => {
  const creates = inFault.map((operation) => ({...operation, kind: 'create' as const}));
  expect(judge(scenario, runOf(...creates, ...afterwards))).toMatchObject({
    verdict: 'invalid',
    invalidBecause: ['0 checks met the fault, at least 5 are needed'],
  });
  expect(judge(scenario, runOf(...inFault.slice(0, 9), inFault[0] as Given, ...afterwards))).toMatchObject({
    verdict: 'invalid',
    invalidBecause: ['2 creates met the fault, at least 3 are needed'],
  });
  expect(judge(scenario, runOf(...inFault, ...afterwards.slice(1)))).toMatchObject({
    verdict: 'invalid',
    invalidBecause: ['9 codes were accepted since the fault, at least 10 are needed'],
  });
});

test('refusals before the fault make a run invalid: something else was broken', () => {
  const judgement = judge(scenario, runOf(refused(500, 503, 'store_unavailable'), ...duringFault));
  expect(judgement).toMatchObject({verdict: 'invalid', invalidBecause: ['1 requests were refused before the fault']});
});

test('a broken claim outweighs doubts about the run', () => {
  expect(judge(scenario, runOf(accepted(3_000), accepted(4_000))).verdict).toBe('fail');
});

describe.each([
  ['kept the runner waiting', {runnerStallMs: 900, cpuPressure: undefined, runsService: true}],
  ['kept its processes waiting', {runnerStallMs: 20, cpuPressure: 0.7, runsService: true}],
])('on a machine that %s', (_, machine) => {
  const slow = accepted(3_000, {endMs: 9_000});

  test('slow answers prove nothing', () => {
    expect(judge(scenario, {...runOf(...duringFault, slow), machine})).toMatchObject({
      verdict: 'invalid',
      invalidBecause: [expect.stringContaining('too busy to judge times')],
    });
    expect(judge(scenario, runOf(...duringFault, slow)).verdict).toBe('fail');
  });

  test('what happened in the wrong order still fails', () => {
    expect(judge(scenario, {...runOf(...duringFault, slow, accepted(9_500)), machine}).verdict).toBe('fail');
  });

  test('a run in time passes', () => {
    expect(judge(scenario, {...runOf(...duringFault), machine}).verdict).toBe('pass');
  });
});

test('where the service runs elsewhere, times count unless the runner itself was kept waiting', () => {
  const late = runOf(...duringFault, accepted(3_000, {endMs: 9_000}));
  const machine = {runnerStallMs: 20, cpuPressure: 0.78, runsService: false};
  expect(judge(scenario, {...late, machine}).verdict).toBe('fail');
  expect(judge(scenario, {...late, machine: {...machine, runnerStallMs: 900}}).verdict).toBe('invalid');
});

test('where the testbed has doubts, losses prove nothing, and what counts twice still fails', () => {
  const doubts = ['a master was replaced that nothing was wrong with'];
  const late = accepted(3_000, {endMs: 9_000});
  expect(judge(scenario, {...runOf(...duringFault, late), doubts})).toMatchObject({verdict: 'invalid'});
  expect(judge(scenario, {...runOf(...duringFault), doubts})).toMatchObject({
    verdict: 'invalid',
    invalidBecause: doubts,
  });
  expect(judge(scenario, {...runOf(...duringFault, accepted(3_000), accepted(4_000)), doubts}).verdict).toBe('fail');
});
