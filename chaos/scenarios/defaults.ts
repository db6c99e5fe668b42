import {acceptedAtMostOnce} from '../checks/accepted-at-most-once.ts';
import {acknowledgedExplained} from '../checks/acknowledged-explained.ts';
import {answersInTime} from '../checks/answers-in-time.ts';
import {approvalsExplained} from '../checks/approvals-explained.ts';
import type {Bounds, Checker} from '../checks/checker.ts';
import {failuresBounded} from '../checks/failures-bounded.ts';
import {messagesArrive} from '../checks/messages-arrive.ts';
import {notAfterCancel} from '../checks/not-after-cancel.ts';
import {notAfterExpiry} from '../checks/not-after-expiry.ts';
import {onlyRightCodes} from '../checks/only-right-codes.ts';
import {recoversInTime} from '../checks/recovers-in-time.ts';
import {refusalsClean} from '../checks/refusals-clean.ts';
import {repeatsAnsweredAlike} from '../checks/repeats-answered-alike.ts';
import {wrongChecksBounded} from '../checks/wrong-checks-bounded.ts';
import type {Environment} from '../executors/executor.ts';
import type {FaultTiming, Workload} from '../workload/plan.ts';

/** What holds whatever happens. */
export const everyCheck: readonly Checker[] = [
  acceptedAtMostOnce,
  repeatsAnsweredAlike,
  onlyRightCodes,
  notAfterExpiry,
  notAfterCancel,
  wrongChecksBounded,
  failuresBounded,
  approvalsExplained,
  acknowledgedExplained,
  messagesArrive,
  answersInTime,
  refusalsClean,
  recoversInTime,
];

export const environment: Environment = {persistence: 'everysec', storeTimeoutMs: 500};

export const bounds: Bounds = {
  skewMs: 1_000,
  wrongChecksMax: 5,
  failuresPerLockoutMax: 5,
  lockoutMs: 30_000,
  // The store's time-out, twice (a request may wait for a connection, then for its command), and the noise of a busy machine.
  answerMs: 1_500,
  recoveryMs: 3_000,
  // What a person waits before asking again.
  deliveryMs: 5_000,
  inHandMs: 1_000,
  lostShareMax: 0,
};

/** Some twenty users a second for a dozen seconds: enough of each kind before, during and after the fault. */
export const workload: Workload = {
  usersPerSecond: 20,
  durationMs: 13_000,
  mix: {honest: 30, mistaken: 20, double: 20, retrying: 10, canceling: 8, late: 8, guessing: 4},
};

export const timing: FaultTiming = {startMs: {min: 3_000, max: 5_000}, holdMs: {min: 1_500, max: 3_500}};
