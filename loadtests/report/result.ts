import {type CodeSource, flowsOf} from '../flows/flow.ts';
import {metricNames} from '../objectives.ts';
import {operations, outcomeMetric, outcomes} from '../options.ts';
import {profileNamed} from '../profiles/index.ts';
import {rateAt} from '../profiles/profile.ts';

/** The part of k6's end-of-test data that the reports are made from. */
export interface K6Summary {
  readonly state: {readonly testRunDurationMs: number};
  readonly metrics: Readonly<Record<string, K6Metric>>;
}

interface K6Metric {
  readonly values: Readonly<Record<string, number>>;
  readonly thresholds?: Readonly<Record<string, {readonly ok: boolean}>>;
}

export interface RunLabels {
  readonly profile: string;
  readonly flow: string;
  readonly codes: CodeSource;
  readonly target: string;
  /** RFC 3339. */
  readonly finishedAt: string;
}

/** What a run found: the content of the JSON report. */
export interface LoadResult extends RunLabels {
  readonly verdict: 'pass' | 'fail';
  readonly durationSeconds: number;
  readonly journeys: number;
  readonly journeysPerSecond: number;
  /** What the shape asked for when the run ended: for a search for the limit, the limit. */
  readonly lastRatePerSecond: number;
  readonly droppedIterations: number;
  readonly objectives: readonly ObjectiveResult[];
  /** Latency of all requests (`all`) and by operation, in ms. */
  readonly latencyMs: Readonly<Record<string, Percentiles>>;
  /** Number of answers by flow and outcome; outcomes that did not occur are absent. */
  readonly outcomes: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Share of journeys that ended as expected, by flow. */
  readonly journeysAsExpected: Readonly<Record<string, number>>;
}

interface ObjectiveResult {
  readonly metric: string;
  /** k6's threshold expression. */
  readonly objective: string;
  readonly measured: number;
  readonly ok: boolean;
}

interface Percentiles {
  readonly median: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

/** Picks from k6's data what the reports say. */
export function resultOf(summary: K6Summary, labels: RunLabels): LoadResult {
  const value = (metric: string, field: string) => summary.metrics[metric]?.values[field] ?? 0;
  const percentiles = (metric: string): Percentiles => ({
    median: round(value(metric, 'med')),
    p95: round(value(metric, 'p(95)')),
    p99: round(value(metric, 'p(99)')),
    max: round(value(metric, 'max')),
  });
  const objectives = Object.entries(summary.metrics).flatMap(([metric, {thresholds = {}, values}]) =>
    Object.entries(thresholds).map(([objective, {ok}]) => ({
      metric,
      objective,
      measured: measuredBy(objective, values),
      ok,
    })),
  );
  const chosen = flowsOf(labels.flow, labels.codes);
  return {
    ...labels,
    verdict: objectives.every((objective) => objective.ok) ? 'pass' : 'fail',
    durationSeconds: round(summary.state.testRunDurationMs / 1000),
    journeys: value('iterations', 'count'),
    journeysPerSecond: round(value('iterations', 'rate')),
    lastRatePerSecond: round(rateAt(profileNamed(labels.profile), summary.state.testRunDurationMs / 1000)),
    droppedIterations: value('dropped_iterations', 'count'),
    objectives,
    latencyMs: Object.fromEntries([
      ['all', percentiles(metricNames.latencyMs)],
      ...operations
        .map((name) => [name, percentiles(`${metricNames.latencyMs}{operation:${name}}`)] as const)
        .filter(([, {max}]) => max > 0),
    ]),
    outcomes: Object.fromEntries(
      chosen.map((flow) => [
        flow.name,
        Object.fromEntries(
          outcomes
            .map((outcome) => [outcome, value(outcomeMetric(flow.name, outcome), 'count')] as const)
            .filter(([, count]) => count > 0),
        ),
      ]),
    ),
    journeysAsExpected: Object.fromEntries(
      chosen.map((flow) => [flow.name, value(`${metricNames.journeys}{flow:${flow.name}}`, 'rate')]),
    ),
  };
}

/** `p(95)<150` speaks of the value `p(95)`, `rate>=0.999` of `rate`. */
function measuredBy(objective: string, values: K6Metric['values']): number {
  const field = objective.split(/[<>=!]/, 1)[0]?.trim() ?? '';
  return values[field] ?? 0;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
