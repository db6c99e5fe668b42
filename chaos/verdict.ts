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

/** A violated claim is a failure even where the run could not have proved it kept. */
export function judge(scenario: Scenario, run: RecordedRun): Judgement {
  const findings = scenario.checks.map((check) => check(run, scenario.bounds));
  const invalidBecause = doubts(run);
  if (findings.some(({violations}) => violations.length > 0)) return {verdict: 'fail', invalidBecause: [], findings};
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
