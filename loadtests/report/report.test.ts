import {expect, test} from 'vitest';
import {metricNames} from '../objectives.ts';
import {outcomeMetric} from '../options.ts';
import {htmlReport} from './html.ts';
import {type K6Summary, resultOf} from './result.ts';
import {textReport} from './text.ts';

const labels = {
  profile: 'smoke',
  flow: 'mixed',
  codes: 'inbox',
  target: 'http://127.0.0.1:8080',
  finishedAt: '2030-01-01T00:00:00Z',
} as const;

function summary(available: boolean): K6Summary {
  return {
    state: {testRunDurationMs: 15_004},
    metrics: {
      iterations: {values: {count: 90, rate: 5.9988}},
      [metricNames.available]: {values: {rate: available ? 1 : 0.5}, thresholds: {'rate>=0.999': {ok: available}}},
      [metricNames.latencyMs]: {
        values: {med: 2, 'p(95)': 9.876, 'p(99)': 20, max: 31},
        thresholds: {'p(95)<150': {ok: true}},
      },
      [outcomeMetric('verify', 'done')]: {values: {count: 63}},
      [outcomeMetric('verify', 'other')]: {values: {count: 0}},
      [`${metricNames.journeys}{flow:verify}`]: {values: {rate: 1}},
    },
  };
}

test('the result says what was measured against each objective', () => {
  const result = resultOf(summary(true), labels);
  expect(result.verdict).toBe('pass');
  expect(result.objectives).toEqual([
    {metric: 'otp_available', objective: 'rate>=0.999', measured: 1, ok: true},
    {metric: 'otp_request_ms', objective: 'p(95)<150', measured: 9.876, ok: true},
  ]);
  expect(result.outcomes.verify).toEqual({done: 63});
});

test('one broken objective fails the run, in every form of the report', () => {
  const result = resultOf(summary(false), labels);
  expect(result.verdict).toBe('fail');
  expect(textReport(result)).toMatch(/BROKEN +otp_available +rate>=0.999 +measured 0.5/);
  expect(htmlReport(result)).toContain('<td>broken</td><td>otp_available</td>');
});

test('the page shows an address as text, whatever is in it', () => {
  expect(htmlReport(resultOf(summary(true), {...labels, target: 'http://<script>'}))).toContain('http://&lt;script>');
});
