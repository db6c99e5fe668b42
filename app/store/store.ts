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
  /** The instance of the process that holds it; undefined where it lies in the store that all processes share. */
  readonly owner?: string;
}

/** A request that may come again because its answer was lost. */
export interface Idempotency {
  /** Names the request: client, route, recipient or verification, and the caller's own key. */
  readonly tag: string;
  /** Tells whether a repetition asks for the same. */
  readonly fingerprint: string;
}

/** A rate limit (GCRA): `count` at once, and again `count` in every `periodMs`. */
export interface RateLimit {
  /** Names the limit's record. */
  readonly tag: string;
  readonly count: number;
  readonly periodMs: number;
  /** Whether it counts one recipient alone. @default false: it counts over recipients */
  readonly ofRecipient?: boolean;
}

/** Where a rate limit stands. */
export interface RateLimitState {
  /** Requests that are left. */
  readonly remaining: number;
  /** When all of them are back; ms by the store's clock. */
  readonly resetAt: number;
}

export interface NewVerification {
  /** What stands for the code; see `domain/mac.ts`. */
  readonly mac: string;
  /** The code and the address, sealed for the outbox worker. */
  readonly sealedCode: string;
  /** Empty where no message is queued. */
  readonly sealedAddress: string;
  readonly channel: Channel;
  readonly maskedTo: string;
  readonly locale?: string;
  readonly reference?: string;
  readonly lifetimeMs: number;
  readonly maxAttempts: number;
  readonly maxPending: number;
  readonly resendIntervalMs: number;
  /** Whether a message is queued; if not, the caller has the code, and gets it again when it repeats the request. */
  readonly deliver: boolean;
  /** Keeps the sealed code, so that a resend can send the same. */
  readonly keepCode: boolean;
  /** What stands for the values that the code is bound to; a check has to bring the same. */
  readonly bindingMac?: string;
  /** Where the request came from, as the failure budget tells contexts apart. */
  readonly contextTag?: string;
  /** Charged one after the other, before anything else is looked at. */
  readonly rateLimits: readonly RateLimit[];
  /** Whether its code is good still when another server, which may lack what was done last, has taken over. @default false */
  readonly survivesFailover?: boolean;
  /** Whether the store that all share, or a process, may have a copy under an id that nobody was told. @default false */
  readonly storeMayHaveCopy?: boolean;
  /** Whether a process that was asked first may have one, and may answer the same request by itself. @default false */
  readonly peerMayHaveCopy?: boolean;
}

export interface Presented {
  readonly mac: string;
  readonly bindingMac?: string;
}

export interface Resend {
  /** The new code. */
  readonly mac: string;
  readonly sealedCode: string;
  /** Sends the code of the creation again instead, if that was kept. */
  readonly same: boolean;
  /** @default the one of the last message */
  readonly channel?: Channel;
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

/** The same idempotency key came with another request: nothing was changed. */
type Conflict = {readonly kind: 'idempotency_conflict'};
/** `limit` is an index into the rate limits of the request. */
type RateLimited = {
  readonly kind: 'rate_limited';
  readonly at: number;
  readonly until: number;
  readonly limit: number;
};
/** `id` is the one that was created first, also for a repetition, and `sealedCode` its code where none is delivered. */
type Created = Found & {
  readonly kind: 'created';
  readonly id: string;
  readonly limits: readonly RateLimitState[];
  readonly sealedCode?: string;
};

export type CreateOutcome = Created | RecipientLocked | SendTooSoon | RateLimited | Conflict;
export type CheckOutcome =
  | (Found & {readonly kind: 'approved' | 'incorrect' | 'binding_mismatch'})
  | (Found & {readonly kind: 'too_soon'; readonly until: number})
  | Final
  | NotFound
  | Conflict;
export type ResendOutcome =
  /** `channel_unsuited`: the channel carries nothing to this kind of recipient. */
  | (Found & {readonly kind: 'channel_unsuited'})
  | (Found & {readonly kind: 'resent' | 'limit_reached' | 'not_delivered'})
  | (Found & (RecipientLocked | SendTooSoon))
  | Final
  | NotFound
  | Conflict;
export type CancelOutcome = (Found & {readonly kind: 'canceled'}) | Final | NotFound;
export type ReadOutcome = (Found & {readonly kind: 'found'}) | NotFound;

/**
 * Keeps verifications and failure budgets. Each operation is atomic: of any number of parallel right checks exactly one
 * is approved, and each wrong one counts. A repetition of a request that changed something (same `Idempotency`) gets the
 * same outcome and changes nothing. The store's own clock decides about time. A final record stays readable for
 * `tombstoneMs` after its expiry. Every operation rejects with `StoreError`.
 */
export interface Store {
  /**
   * Again with the same id, or the same idempotency key, it is done once: so it may be asked for again, by any way that leads
   * to the store, when nobody knows what became of it. `limits` may then be empty.
   */
  create(address: Address, verification: NewVerification, idempotency?: Idempotency): Promise<CreateOutcome>;
  check(
    address: Address,
    presented: Presented,
    limits: Pick<BudgetLimits, 'blockAfter'>,
    idempotency?: Idempotency,
  ): Promise<CheckOutcome>;
  /** Queues another message. With a new code the old one ends; the failures count on either way. The channel stays the new one. */
  resend(address: Address, resend: Resend, idempotency?: Idempotency): Promise<ResendOutcome>;
  cancel(address: Address): Promise<CancelOutcome>;
  read(address: Address): Promise<ReadOutcome>;
  /** Forgets the failures of recipients of one partition, and with them waits and blocks. Locked codes stay locked. */
  unlock(partition: number, recipientTags: readonly string[]): Promise<void>;
  /** Removes the verifications of recipients of one partition, and tells how many there were. The failures stay. */
  erase(partition: number, recipientTags: readonly string[]): Promise<number>;
  /** Resolves when the store answers, rejects with `StoreError` when it does not. */
  ping(): Promise<void>;
}

/** How long a request's idempotency key is known. */
export const idempotencyMs = 86_400_000;

export const tombstoneMs = 3_600_000;

/** What is known about an operation that failed. */
export type Effect =
  /** Nothing happened; the same call may be made again. */
  | 'not_executed'
  /** It happened, and a fail-over may forget it: too few replicas have it. */
  | 'executed_unreplicated'
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

/** The store is there, and will say in a moment what has become of a verification. Nothing happened. */
export class StoreUndecided extends StoreError {
  constructor(message: string, cause?: unknown) {
    super('not_executed', message, cause);
  }
}

/** The store is there; a part of it is on its way to another server and takes nothing until it has arrived. Nothing happened. */
export class StorePartMoving extends StoreError {
  constructor(message: string, cause?: unknown) {
    super('not_executed', message, cause);
  }
}

/**
 * A limit that lies in another part of the store than what it limits could not be charged. Nothing happened, and nothing
 * is known of the part that the operation was for.
 */
export class StoreLimitAway extends StoreError {
  constructor(cause: StoreError) {
    super('not_executed', cause.message, cause);
  }
}

/** While a creation waited for its recipient, that has gone back to the store. Nothing happened. */
export class RecipientGone extends StoreError {
  constructor() {
    super('not_executed', 'the recipient has gone back to the store');
  }
}

/** The request has been answered, and nobody knows yet whether the store has the answer now. Nothing happened. */
export class AnswerOnItsWay extends StoreError {
  constructor() {
    super('not_executed', 'the answer to this request is on its way back to the store');
  }
}

/** Whether an operation that failed has certainly done nothing. */
export function isCertain(error: unknown): error is StoreError {
  return error instanceof StoreError && error.effect === 'not_executed';
}
