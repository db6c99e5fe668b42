import type {RampingArrivalRateScenario, Threshold} from 'k6/options';
import type {Flow} from './flows/flow.ts';
import {metricNames, thresholdExpressions} from './objectives.ts';
import {type Profile, peakPerSecond} from './profiles/profile.ts';

export const operations = ['create', 'check', 'resend', 'status', 'cancel'] as const;
export type OperationName = (typeof operations)[number];

/** Outcomes that get a line in the summary; k6 reports only the tag values that it is told beforehand. */
export const outcomes = [
  'done',
  'verification_already_approved',
  'code_incorrect',
  'check_too_soon',
  'resend_too_soon',
  'rate_limited',
  'store_unavailable',
  'no_answer',
  'other',
] as const;
export type Outcome = (typeof outcomes)[number];

// Iterations are dropped only when journeys take four times their usual length, and some: then the service is the reason. All users are
// there from the start, because k6 drops an iteration also while it makes another user.
const RESERVE = 4;
const USERS_MIN = 10;
// A user of k6 costs some MB of memory.
const USERS_MAX = 400;

/** k6 options of a run: a scenario per flow, each an open model with the flow's share of the profile's rate. */
export function compileOptions(profile: Profile, chosen: readonly Flow[]) {
  return {
    scenarios: Object.fromEntries(chosen.map((flow) => [flow.name, scenarioOf(profile, flow)])),
    thresholds: {...enforced(profile), ...reported(chosen)},
    summaryTrendStats: ['avg', 'med', 'p(95)', 'p(99)', 'max'],
  };
}

function scenarioOf(profile: Profile, flow: Flow): RampingArrivalRateScenario {
  // k6 takes whole numbers only: by the minute, a tenth of 5 per second is still a number.
  const perMinute = (perSecond: number) => Math.round(perSecond * flow.share * 60);
  const busyUsers = peakPerSecond(profile) * flow.share * flow.typicalSeconds;
  const users = Math.min(USERS_MAX, Math.ceil(busyUsers * RESERVE) + USERS_MIN);
  return {
    executor: 'ramping-arrival-rate',
    exec: flow.name,
    tags: {flow: flow.name},
    timeUnit: '1m',
    startRate: perMinute(profile.startPerSecond),
    stages: profile.stages.map((stage) => ({
      target: perMinute(stage.targetPerSecond),
      duration: `${stage.durationSeconds}s`,
    })),
    preAllocatedVUs: users,
    maxVUs: users,
    gracefulStop: '15s',
  };
}

function enforced(profile: Profile): Record<string, Threshold[]> {
  const asThreshold = (threshold: string): Threshold =>
    // 10 s: the first percentiles of a cold service say little.
    profile.stopsWhenBroken ? {threshold, abortOnFail: true, delayAbortEval: '10s'} : threshold;
  return Object.fromEntries(
    Object.entries(thresholdExpressions()).map(([metric, expressions]) => [metric, expressions.map(asThreshold)]),
  );
}

/** Thresholds without a condition: they make k6 report the metric by tag. */
function reported(chosen: readonly Flow[]): Record<string, Threshold[]> {
  const byOperation = operations.map((name) => `${metricNames.latencyMs}{operation:${name}}`);
  const byFlow = chosen.flatMap((flow) => [
    `${metricNames.journeys}{flow:${flow.name}}`,
    ...outcomes.map((outcome) => outcomeMetric(flow.name, outcome)),
  ]);
  return Object.fromEntries([...byOperation, ...byFlow].map((metric) => [metric, []]));
}

/** Name under which k6 reports how often a flow saw an outcome. */
export function outcomeMetric(flow: string, outcome: Outcome): string {
  return `${metricNames.outcomes}{flow:${flow},outcome:${outcome}}`;
}
