import type {BudgetLimits} from '../domain/failure-budget.ts';
import type {Channel} from '../domain/policy.ts';
import type {Snapshot} from '../domain/verification.ts';

/** Names the records of one verification; every part comes out of the verification's id. */
export interface Address {
  readonly id: string;
  readonly partition: number;
  /** Of the recipient's record. */
  readonly recipientTag: string;
  /** Of the verification's record. */
  readonly tag: string;
}

export interface NewVerification {
  /** What stands for the code; see `domain/mac.ts`. */
  readonly mac: string;
  /** The code and the address, sealed for the outbox worker. */
  readonly sealedCode: string;
  readonly sealedAddress: string;
  readonly channel: Channel;
  readonly maskedTo: string;
  readonly locale?: string;
  readonly reference?: string;
  readonly lifetimeMs: number;
  readonly maxAttempts: number;
  readonly maxPending: number;
  readonly resendIntervalMs: number;
}

export interface NewCode {
  readonly mac: string;
  readonly sealedCode: string;
  readonly lifetimeMs: number;
  readonly resendIntervalMs: number;
  readonly maxResends: number;
}

type Found = {readonly snapshot: Snapshot};
/** The record is not there: it never was, its time is over, or it was lost. */
type NotFound = {readonly kind: 'not_found'};
/** The verification is final (`snapshot.status` says how): nothing was changed. */
type Final = Found & {readonly kind: 'final'};
/** The recipient may be sent nothing now. Without `until` only an unlock helps. */
type RecipientLocked = {readonly kind: 'recipient_locked'; readonly at: number; readonly until?: number};
type SendTooSoon = {readonly kind: 'send_too_soon'; readonly at: number; readonly until: number};

export type CreateOutcome = (Found & {readonly kind: 'created'}) | RecipientLocked | SendTooSoon;
export type CheckOutcome =
  | (Found & {readonly kind: 'approved' | 'incorrect'})
  | (Found & {readonly kind: 'too_soon'; readonly until: number})
  | Final
  | NotFound;
export type ResendOutcome =
  | (Found & {readonly kind: 'resent' | 'limit_reached'})
  | (Found & (RecipientLocked | SendTooSoon))
  | Final
  | NotFound;
export type CancelOutcome = (Found & {readonly kind: 'canceled'}) | Final | NotFound;
export type ReadOutcome = (Found & {readonly kind: 'found'}) | NotFound;

/**
 * Keeps verifications and failure budgets. Each operation is atomic: of any number of parallel right checks exactly one
 * is approved, and each wrong one counts. The store's own clock decides about time. A final record stays readable for
 * `tombstoneMs` after its expiry. Every operation rejects with `StoreError`.
 */
export interface Store {
  create(address: Address, verification: NewVerification): Promise<CreateOutcome>;
  check(address: Address, mac: string, limits: Pick<BudgetLimits, 'blockAfter'>): Promise<CheckOutcome>;
  /** Replaces the code, counts on with the same failures, and queues the message. */
  resend(address: Address, code: NewCode): Promise<ResendOutcome>;
  cancel(address: Address): Promise<CancelOutcome>;
  read(address: Address): Promise<ReadOutcome>;
  /** Resolves when the store answers, rejects with `StoreError` when it does not. */
  ping(): Promise<void>;
}

export const tombstoneMs = 3_600_000;

/** What is known about an operation that failed. */
export type Effect =
  /** Nothing happened; the same call may be made again. */
  | 'not_executed'
  /** It may have happened: the answer did not come. */
  | 'unknown';

/** A store could not do its work. `message` is for operators. */
export class StoreError extends Error {
  readonly effect: Effect;
  constructor(effect: Effect, message: string, cause?: unknown) {
    super(message, {cause});
    this.name = 'StoreError';
    this.effect = effect;
  }
}
