import {isAcceptance} from './checks/by-verification.ts';
import type {Finding} from './checks/checker.ts';
import type {RecordedRun} from './history.ts';
import {isUnavailable} from './history.ts';
import type {MachineLoad} from './machine-load.ts';
import type {Scenario} from './scenarios/scenario.ts';

/** `invalid`: the run proves nothing, neither that the claims hold nor that they don't. */
export type Verdict = 'pass' | 'fail' | 'invalid';

export interface Judgement {
  readonly verdict: Verdict;
  /** Why the run proves nothing; empty unless the verdict is `invalid`. */
  readonly invalidBecause: readonly string[];
  readonly findings: readonly Finding[];
}

// Fewer requests than this during the fault can have missed what it does; without checks nobody has tried to use a code twice, and
// without creates nothing new was served.
const OPERATIONS_IN_FAULT_MIN = 10;
const CHECKS_IN_FAULT_MIN = 5;
const CREATES_IN_FAULT_MIN = 3;
// Where hardly a code is accepted, none is accepted twice.
const ACCEPTED_SINCE_FAULT_MIN = 10;
// Both were seen to be passed only on a machine with three and more times as much work as processors.
const RUNNER_STALL_MAX_MS = 300;
const CPU_PRESSURE_MAX = 0.5;

/**
 * A violated claim is a failure even where the run could not have proved it kept; only times prove nothing on a
 * machine that has too much else to do, or where the testbed has its doubts.
 */
export function judge(scenario: Scenario, run: RecordedRun): Judgement {
  const findings = scenario.checks.map((check) => check(run, scenario.bounds));
  const broken = findings.filter(({violations}) => violations.length > 0);
  const busy = tooBusy(run.machine) ?? run.doubts[0];
  if (broken.some(({about}) => about === 'order' || !busy)) return {verdict: 'fail', invalidBecause: [], findings};
  const invalidBecause = [...(broken.length > 0 && busy ? [busy] : []), ...doubtsOf(run)];
  return {verdict: invalidBecause.length > 0 ? 'invalid' : 'pass', invalidBecause, findings};
}

function tooBusy({runnerStallMs, cpuPressure = 0, runsService}: MachineLoad): string | undefined {
  if (runnerStallMs <= RUNNER_STALL_MAX_MS && !(runsService && cpuPressure > CPU_PRESSURE_MAX)) return undefined;
  const waiting = Math.round(cpuPressure * 100);
  return `this machine was too busy to judge times: it kept the runner waiting for ${runnerStallMs} ms, and some process for ${waiting} % of the time`;
}

function doubtsOf({operations, fault, doubts}: RecordedRun): string[] {
  const refusedBefore = operations.filter((operation) => operation.endMs < fault.startMs && isUnavailable(operation));
  // What began before it and hung in it has met it as well.
  const during = operations.filter(({startMs, endMs}) => startMs <= fault.healStartMs && endMs >= fault.provenMs);
  const checksDuring = during.filter(({kind}) => kind === 'check');
  const createsDuring = during.filter(({kind}) => kind === 'create');
  const acceptedSince = operations.filter((operation) => operation.endMs >= fault.startMs && isAcceptance(operation));
  return [
    ...doubts,
    ...(refusedBefore.length > 0 ? [`${refusedBefore.length} requests were refused before the fault`] : []),
    ...(during.length < OPERATIONS_IN_FAULT_MIN
      ? [`${during.length} requests met the fault, at least ${OPERATIONS_IN_FAULT_MIN} are needed`]
      : []),
    ...(checksDuring.length < CHECKS_IN_FAULT_MIN
      ? [`${checksDuring.length} checks met the fault, at least ${CHECKS_IN_FAULT_MIN} are needed`]
      : []),
    ...(createsDuring.length < CREATES_IN_FAULT_MIN
      ? [`${createsDuring.length} creates met the fault, at least ${CREATES_IN_FAULT_MIN} are needed`]
      : []),
    ...(acceptedSince.length < ACCEPTED_SINCE_FAULT_MIN
      ? [`${acceptedSince.length} codes were accepted since the fault, at least ${ACCEPTED_SINCE_FAULT_MIN} are needed`]
      : []),
  ];
}
