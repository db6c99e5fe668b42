import {acceptedAtMostOnce} from '../checks/accepted-at-most-once.ts';
import {acknowledgedExplained} from '../checks/acknowledged-explained.ts';
import {answersInTime} from '../checks/answers-in-time.ts';
import {approvalsExplained} from '../checks/approvals-explained.ts';
import {attemptsFair} from '../checks/attempts-fair.ts';
import type {Bounds, Checker} from '../checks/checker.ts';
import {failuresBounded} from '../checks/failures-bounded.ts';
import {lossesBounded} from '../checks/losses-bounded.ts';
import {messagesArrive} from '../checks/messages-arrive.ts';
import {notAfterCancel} from '../checks/not-after-cancel.ts';
import {notAfterExpiry} from '../checks/not-after-expiry.ts';
import {notAfterResend} from '../checks/not-after-resend.ts';
import {notAfterSupersession} from '../checks/not-after-supersession.ts';
import {oneCodeForARequest} from '../checks/one-code-for-a-request.ts';
import {onlyRightCodes} from '../checks/only-right-codes.ts';
import {recoversInTime} from '../checks/recovers-in-time.ts';
import {refusalsClean} from '../checks/refusals-clean.ts';
import {repeatsAnsweredAlike} from '../checks/repeats-answered-alike.ts';
import {sentAgainAsAsked} from '../checks/sent-again-as-asked.ts';
import {servedInFault} from '../checks/served-in-fault.ts';
import {wrongChecksBounded} from '../checks/wrong-checks-bounded.ts';
import type {Environment} from '../executors/executor.ts';
import type {Speed} from '../speed.ts';
import type {Pace, Workload} from '../workload/plan.ts';
import {policies} from '../workload/policies.ts';
import type {Scenario} from './scenario.ts';

/** What holds whatever happens. */
export const everyCheck: readonly Checker[] = [
  acceptedAtMostOnce,
  repeatsAnsweredAlike,
  oneCodeForARequest,
  onlyRightCodes,
  notAfterExpiry,
  notAfterCancel,
  notAfterResend,
  notAfterSupersession,
  wrongChecksBounded,
  failuresBounded,
  attemptsFair,
  approvalsExplained,
  acknowledgedExplained,
  lossesBounded,
  servedInFault,
  messagesArrive,
  sentAgainAsAsked,
  answersInTime,
  refusalsClean,
  recoversInTime,
];

/** One Redis, one process of the service. */
export const single: Environment = {
  store: {kind: 'single', persistence: 'everysec'},
  instances: 1,
  mayFailOver: true,
  network: false,
  storeTimeoutMs: 500,
  storeDeadlineMs: 1_500,
};

/** As in production: Redis with replicas under sentinels, three processes of the service. */
export const replicated: Environment = {
  store: {kind: 'replicated', server: 'valkey-server'},
  instances: 3,
  mayFailOver: true,
  network: false,
  storeTimeoutMs: 500,
  storeDeadlineMs: 1_500,
};

export const bounds: Bounds = {
  skewMs: 1_000,
  wrongChecksMax: 5,
  failuresPerLockoutMax: 5,
  lockoutMs: 30_000,
  ownersMax: 1,
  createdPerKeyMax: 1,
  budgetsRollBack: false,
  ownerDies: false,
  pendingMax: policies.usual.maxPending,
  // One deadline for all ways, 2.5 s by default, and what is needed there and back. Of 1.5 s, as on this machine, two in a row are more.
  answerMs: 3_000,
  recoveryMs: 3_000,
  recoveryFrom: 'healing',
  servedShareMin: 1,
  disturbanceMs: 2_000,
  // What a person waits before asking again.
  deliveryMs: 5_000,
  inHandMs: 1_000,
  lostShareMax: 0,
  requestsLost: false,
};

/** Another master takes over: 5 s until the old one counts as down, an election, a promotion. */
export const failover: Bounds = {
  ...bounds,
  recoveryFrom: 'fault',
  recoveryMs: 8_000,
  // What was acknowledged by the old master and not yet used is called lost, rather than accepted twice: a quarter of all, a third where
  // many hold a code (25 % and 35 % at most in nine seeds).
  lostShareMax: 0.5,
};

export const workload: Workload = {
  usersPerSecond: 12,
  mix: {
    honest: 28,
    mistaken: 16,
    double: 16,
    retrying: 10,
    canceling: 6,
    late: 6,
    guessing: 4,
    forgetful: 8,
    holding: 10,
    pouncing: 10,
    straddling: 4,
    slipping: 0,
    resending: 4,
    repeating: 6,
  },
};

/**
 * Users before, during and after the fault: enough of each kind. What a fault takes to show and to heal comes on top; a failover takes
 * some 4 s in a compressed run, 9 s in one with production's time-outs.
 */
function paces({compressed, production}: Record<Speed, {holdMs: number; workloadMs: number}>): Record<Speed, Pace> {
  const pace = ({holdMs, workloadMs}: {holdMs: number; workloadMs: number}): Pace => ({
    startMs: {min: 2_500, max: 4_000},
    holdMs: {min: Math.round(holdMs * 0.8), max: holdMs},
    workloadMs,
  });
  return {compressed: pace(compressed), production: pace(production)};
}

/** A master is gone, and another takes over while the fault lasts. */
export const failoverPace = paces({
  compressed: {holdMs: 4_500, workloadMs: 14_000},
  production: {holdMs: 12_000, workloadMs: 30_000},
});

/** Nothing can take over; a minute in production, as long as it takes to notice and to serve in a compressed run. */
export const outagePace = paces({
  compressed: {holdMs: 5_000, workloadMs: 15_000},
  production: {holdMs: 60_000, workloadMs: 85_000},
});

/** A disturbance that is over before anybody has to take over. */
export const disturbancePace = paces({
  compressed: {holdMs: 3_500, workloadMs: 13_000},
  production: {holdMs: 10_000, workloadMs: 25_000},
});

/** What most scenarios have in common. */
export const common: Pick<Scenario, 'environment' | 'steadyJourneys' | 'workload' | 'checks' | 'bounds'> = {
  environment: replicated,
  steadyJourneys: 3,
  workload,
  checks: everyCheck,
  bounds,
};
