import {expect, test} from 'vitest';
import {redisRestart} from '../scenarios/single-redis.ts';
import {accepted, created, refused, runOf} from '../testing/history.ts';
import {judge} from '../verdict.ts';
import {htmlReport} from './html.ts';
import {reportOf} from './report.ts';
import {seriesOf} from './series.ts';
import {jsonSummary} from './summary.ts';
import {textReport} from './text.ts';

const run = runOf(created(0), accepted(100), refused(1_200, 503, 'store_unavailable', {endMs: 1_900}), accepted(3_000));
const report = reportOf({
  scenario: redisRestart,
  seed: 4,
  executor: 'processes',
  speed: 'compressed',
  startedAt: '2030-01-01T00:00:00.000Z',
  recording: {...run, timeline: [{atMs: 1_000, event: 'kill-redis injected'}]},
  judgement: judge(redisRestart, run),
});

test('the report says what was run, what was claimed and what broke', () => {
  expect(report).toMatchObject({scenario: 'redis-restart', seed: 4, executor: 'processes', verdict: 'fail'});
  expect(report.claims).toContainEqual({
    claim: 'a code is accepted at most once',
    bound: '1 acceptance per code',
    measured: '1 codes accepted, 1 of them more than once',
    ok: false,
  });
  expect(report.violations.map(({claim}) => claim)).toContain('a code is accepted at most once');
});

test('the time series counts each answer in the interval in which it came', () => {
  expect(report.series[0]).toEqual({
    fromMs: 0,
    ok: 2,
    refused: 0,
    unavailable: 0,
    p99Ms: 10,
    longestMs: 10,
    errors: {},
    inFallback: 0,
  });
  expect(report.series[7]).toMatchObject({fromMs: 1_750, unavailable: 1, p99Ms: 700, errors: {store_unavailable: 1}});
});

test('who serves from memory is known until the next look, which comes less often than an interval', () => {
  const looks = [0, 3, 2, 0].map((inFallback, position) => ({atMs: position * 400, answering: 3, inFallback}));
  const series = seriesOf(run.operations, looks);
  expect(series.slice(0, 6).map(({inFallback}) => inFallback)).toEqual([0, 3, 3, 2, 0, 0]);
});

test('page and terminal show the verdict, the fault and the violation', () => {
  expect(htmlReport(report)).toContain('<span class="fail">fail</span>');
  expect(htmlReport(report)).toContain('kill-redis injected');
  expect(textReport(report)).toMatch(/redis-restart seed 4 \(processes, compressed\): FAIL/);
  expect(textReport(report)).toContain('v1 was accepted 2 times');
});

test('of several runs the summary shows for each claim the one that tried its bound hardest', () => {
  const runs = [1, 3, 2].map((lastedS, position) => ({
    ...report,
    seed: position + 1,
    verdict: 'pass' as const,
    claims: [{claim: 'it recovers', bound: '≤ 5 s', measured: `${lastedS} s`, strain: lastedS, ok: true}],
  }));
  expect(jsonSummary(runs).rows).toMatchObject([{measured: '3 s', verdict: 'pass', runs: 3}]);
});

test('a run without an end is reported with its reason', () => {
  const broken = reportOf({
    scenario: redisRestart,
    seed: 4,
    executor: 'processes',
    speed: 'compressed',
    startedAt: '2030-01-01T00:00:00.000Z',
    recording: undefined,
    judgement: {verdict: 'invalid', invalidBecause: ['an effect of kill-redis did not happen'], findings: []},
  });
  expect(broken.faultTimes).toBeNull();
  expect(htmlReport(broken)).toContain('an effect of kill-redis did not happen');
});
