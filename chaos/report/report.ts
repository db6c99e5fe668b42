import type {ExecutorName} from '../executors/executor.ts';
import type {FaultTimes, Operation} from '../history.ts';
import {isUnavailable} from '../history.ts';
import type {MachineLoad} from '../machine-load.ts';
import type {Recording, TimelineEvent} from '../run-scenario.ts';
import type {Scenario} from '../scenarios/scenario.ts';
import type {Judgement, Verdict} from '../verdict.ts';

/** Content of `reports/chaos/SCENARIO/SEED.json`. */
export interface Report {
  readonly scenario: string;
  readonly seed: number;
  readonly executor: ExecutorName;
  readonly claim: string;
  readonly fault: string;
  /** RFC 3339. */
  readonly startedAt: string;
  readonly verdict: Verdict;
  readonly invalidBecause: readonly string[];
  readonly claims: readonly ClaimResult[];
  readonly violations: readonly {readonly claim: string; readonly what: string}[];
  readonly faultTimes: FaultTimes | null;
  /** Null where the run did not come to its end. */
  readonly machine: MachineLoad | null;
  readonly timeline: readonly TimelineEvent[];
  /** How many operations ended how: `check ok`, `create unknown outcome_unknown`, … */
  readonly outcomes: Readonly<Record<string, number>>;
  readonly series: readonly Interval[];
}

interface ClaimResult {
  readonly claim: string;
  readonly bound: string;
  readonly measured: string;
  readonly ok: boolean;
}

/** What was answered in one interval of `INTERVAL_MS`, by the end of the operations. */
interface Interval {
  readonly fromMs: number;
  readonly ok: number;
  /** Refused for what was asked: a wrong code, a second acceptance. */
  readonly refused: number;
  /** Refused for the state of the service, or not answered. */
  readonly unavailable: number;
  readonly longestMs: number;
}

export const INTERVAL_MS = 250;

export interface ReportInput {
  readonly scenario: Scenario;
  readonly seed: number;
  readonly executor: ExecutorName;
  readonly startedAt: string;
  /** Undefined where the run did not come to its end. */
  readonly recording: Recording | undefined;
  readonly judgement: Judgement;
}

export function reportOf({scenario, seed, executor, startedAt, recording, judgement}: ReportInput): Report {
  return {
    scenario: scenario.name,
    seed,
    executor,
    claim: scenario.claim,
    fault: scenario.fault.description,
    startedAt,
    verdict: judgement.verdict,
    invalidBecause: judgement.invalidBecause,
    claims: judgement.findings.map(({claim, bound, measured, violations}) => ({
      claim,
      bound,
      measured,
      ok: violations.length === 0,
    })),
    violations: judgement.findings.flatMap(({claim, violations}) => violations.map((what) => ({claim, what}))),
    faultTimes: recording?.fault ?? null,
    machine: recording?.machine ?? null,
    timeline: (recording?.timeline ?? []).map(({atMs, event}) => ({atMs: Math.round(atMs), event})),
    outcomes: countBy(recording?.operations ?? []),
    series: seriesOf(recording?.operations ?? []),
  };
}

function countBy(operations: readonly Operation[]): Record<string, number> {
  const groups = Map.groupBy(operations, ({kind, outcome, errorCode}) =>
    [kind, outcome, errorCode].filter(Boolean).join(' '),
  );
  return Object.fromEntries([...groups].map(([name, group]) => [name, group.length] as const).toSorted());
}

function seriesOf(operations: readonly Operation[]): Interval[] {
  const lastMs = Math.max(0, ...operations.map(({endMs}) => endMs));
  const count = operations.length === 0 ? 0 : Math.floor(lastMs / INTERVAL_MS) + 1;
  const groups = Map.groupBy(operations, ({endMs}) => Math.floor(endMs / INTERVAL_MS));
  return Array.from({length: count}, (_, position) => intervalOf(position * INTERVAL_MS, groups.get(position) ?? []));
}

function intervalOf(fromMs: number, operations: readonly Operation[]): Interval {
  const unavailable = operations.filter(isUnavailable).length;
  const ok = operations.filter(({outcome}) => outcome === 'ok').length;
  return {
    fromMs,
    ok,
    unavailable,
    refused: operations.length - ok - unavailable,
    longestMs: Math.round(Math.max(0, ...operations.map(({startMs, endMs}) => endMs - startMs))),
  };
}
