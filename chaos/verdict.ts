import type {Finding} from './checks/checker.ts';
import type {RecordedRun} from './history.ts';
import {isUnavailable} from './history.ts';
import type {Scenario} from './scenarios/scenario.ts';

/** `invalid`: the run proves nothing, neither that the claims hold nor that they don't. */
export type Verdict = 'pass' | 'fail' | 'invalid';

export interface Judgement {
  readonly verdict: Verdict;
  /** Why the run proves nothing; empty unless the verdict is `invalid`. */
  readonly invalidBecause: readonly string[];
  readonly findings: readonly Finding[];
}

// Fewer requests than this during the fault can have missed what it does.
const OPERATIONS_IN_FAULT_MIN = 10;
// An idle machine stays below 50 ms, one with four times more work than processors below 250 ms.
const RUNNER_STALL_MAX_MS = 300;

/**
 * A violated claim is a failure even where the run could not have proved it kept; only times prove nothing on a machine that
 * did not let the runner run.
 */
export function judge(scenario: Scenario, run: RecordedRun): Judgement {
  const findings = scenario.checks.map((check) => check(run, scenario.bounds));
  const broken = findings.filter(({violations}) => violations.length > 0);
  const stalled = run.runnerStallMs > RUNNER_STALL_MAX_MS;
  if (broken.some(({about}) => about === 'order' || !stalled)) return {verdict: 'fail', invalidBecause: [], findings};
  const tooBusy = `this machine was too busy to judge times: it kept the runner waiting for ${run.runnerStallMs} ms`;
  const invalidBecause = [...(broken.length > 0 ? [tooBusy] : []), ...doubts(run)];
  return {verdict: invalidBecause.length > 0 ? 'invalid' : 'pass', invalidBecause, findings};
}

function doubts({operations, fault}: RecordedRun): string[] {
  const refusedBefore = operations.filter((operation) => operation.endMs < fault.startMs && isUnavailable(operation));
  const during = operations.filter(({startMs, endMs}) => startMs >= fault.provenMs && endMs <= fault.healedMs);
  return [
    ...(refusedBefore.length > 0 ? [`${refusedBefore.length} requests were refused before the fault`] : []),
    ...(during.length < OPERATIONS_IN_FAULT_MIN
      ? [`${during.length} requests met the fault, at least ${OPERATIONS_IN_FAULT_MIN} are needed`]
      : []),
  ];
}
