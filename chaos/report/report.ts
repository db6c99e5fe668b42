import type {ExecutorName} from '../executors/reached.ts';
import type {FaultTimes} from '../history.ts';
import type {MachineLoad} from '../machine-load.ts';
import type {Recording, TimelineEvent} from '../run-scenario.ts';
import type {Scenario} from '../scenarios/scenario.ts';
import type {Speed} from '../speed.ts';
import type {Judgement, Verdict} from '../verdict.ts';
import {countBy, type Interval, seriesOf} from './series.ts';

/** Content of `reports/chaos/SCENARIO/SEED.json`. */
export interface Report {
  readonly scenario: string;
  readonly seed: number;
  readonly executor: ExecutorName;
  readonly speed: Speed;
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

export interface ClaimResult {
  readonly claim: string;
  readonly bound: string;
  readonly measured: string;
  /** See `Finding`. */
  readonly strain?: number;
  readonly ok: boolean;
}

export interface ReportInput {
  readonly scenario: Scenario;
  readonly seed: number;
  readonly executor: ExecutorName;
  readonly speed: Speed;
  readonly startedAt: string;
  /** Undefined where the run did not come to its end. */
  readonly recording: Recording | undefined;
  readonly judgement: Judgement;
}

export function reportOf({scenario, seed, executor, speed, startedAt, recording, judgement}: ReportInput): Report {
  return {
    scenario: scenario.name,
    seed,
    executor,
    speed,
    claim: scenario.claim,
    fault: scenario.fault.description,
    startedAt,
    verdict: judgement.verdict,
    invalidBecause: judgement.invalidBecause,
    claims: judgement.findings.map(({claim, bound, measured, strain, violations}) => ({
      claim,
      bound,
      measured,
      ...(strain === undefined ? {} : {strain}),
      ok: violations.length === 0,
    })),
    violations: judgement.findings.flatMap(({claim, violations}) => violations.map((what) => ({claim, what}))),
    faultTimes: recording?.fault ?? null,
    machine: recording?.machine ?? null,
    timeline: (recording?.timeline ?? []).map(({atMs, event}) => ({atMs: Math.round(atMs), event})),
    outcomes: countBy(recording?.operations ?? [], ({kind, outcome, errorCode}) =>
      [kind, outcome, errorCode].filter(Boolean).join(' '),
    ),
    series: seriesOf(recording?.operations ?? [], recording?.observations ?? []),
  };
}
