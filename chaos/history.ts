import type {MachineLoad} from './machine-load.ts';

/** How an operation ended, as far as its caller can know. */
export type Outcome =
  /** The service said that it happened. */
  | 'ok'
  /** The service said that it did not happen. */
  | 'fail'
  /** It may have happened or not: no answer, or an answer that says so. */
  | 'unknown';

export type OperationKind = 'create' | 'check' | 'resend' | 'cancel' | 'status';

/** The code that was sent last, one that was sent before an acknowledged resend put another in its place, or one that never was. */
export type Guess = 'right' | 'replaced' | 'wrong';

/** One request of a user, as the user saw it. Times are ms since the start of the run, on a monotonic clock. */
export interface Operation {
  /** Position in the history, for reports. */
  readonly index: number;
  readonly phase: 'workload' | 'audit';
  readonly user: string;
  readonly kind: OperationKind;
  readonly startMs: number;
  readonly endMs: number;
  readonly outcome: Outcome;
  /** Undefined: no answer came. */
  readonly httpStatus: number | undefined;
  /** The error's stable code; where no answer came, the reason. */
  readonly errorCode: string | undefined;
  readonly recipient: string;
  /** Undefined where a create was not acknowledged. */
  readonly verificationId: string | undefined;
  /** Checks only: what the user presented. */
  readonly guess?: Guess;
  /** A repeated request carries the key of the first and is the same act. */
  readonly idempotencyKey?: string;
  /** Acknowledged creates only. */
  readonly lifetimeMs?: number;
  /** What the answer to a check said; where it said anything. */
  readonly attemptsRemaining?: number;
  /** When a refused caller was told to come back, from `endMs` on; where it was told. */
  readonly retryAfterMs?: number;
}

/** When the fault began, was seen to work, and ended; ms since the start of the run. */
export interface FaultTimes {
  /** Just before it was injected. */
  readonly startMs: number;
  /** From here on it was certainly in effect … */
  readonly provenMs: number;
  /** … until here, when the healing began. */
  readonly healStartMs: number;
  /** What was broken answers again. */
  readonly healedMs: number;
}

/** A look at all instances of the service. */
export interface Observation {
  /** Ms since the start of the run. */
  readonly atMs: number;
  /** Instances that answered. */
  readonly answering: number;
  /** Of these, how many served from memory. */
  readonly inFallback: number;
}

/** What the checkers judge. */
export interface RecordedRun {
  readonly operations: readonly Operation[];
  /** When a user first saw the message of a verification; ms since the start of the run. */
  readonly messageSeenMs: ReadonlyMap<string, number>;
  /** How often a verification had been sent again when the newest of its messages that users saw was written. */
  readonly resendsSeen: ReadonlyMap<string, number>;
  /** In order of time. */
  readonly observations: readonly Observation[];
  readonly machine: MachineLoad;
  /** What the testbed itself holds against the run; empty as a rule. */
  readonly doubts: readonly string[];
  readonly fault: FaultTimes;
}

/**
 * Sorts an answer into what its caller may conclude. `store_unavailable` is the service's word that nothing was executed;
 * any other 5xx leaves that open.
 */
export function outcomeOf(httpStatus: number | undefined, errorCode: string | undefined): Outcome {
  if (httpStatus === undefined) return 'unknown';
  if (httpStatus < 300) return 'ok';
  if (httpStatus < 500 || errorCode === 'store_unavailable') return 'fail';
  return 'unknown';
}

/** Whether the caller was turned away because of the service's state, and not for what was asked. */
export function isUnavailable(operation: Operation): boolean {
  return operation.httpStatus === undefined || operation.httpStatus >= 500;
}

/** Whether the caller was told that the verification is lost. */
export function isCalledLost({errorCode}: Operation): boolean {
  return errorCode === 'verification_lost';
}

/** One line about an operation, for the list of violations. */
export function describeOperation(operation: Operation): string {
  const {index, user, kind, guess, verificationId, startMs, endMs, httpStatus, errorCode} = operation;
  const what = [guess, kind, verificationId].filter(Boolean).join(' ');
  const answer = [httpStatus ?? 'no answer', errorCode].filter(Boolean).join(' ');
  return `#${index} ${user} ${what} [${Math.round(startMs)}–${Math.round(endMs)} ms] → ${answer}`;
}
