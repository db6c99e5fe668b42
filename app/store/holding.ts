import type {Channel} from '../domain/policy.ts';
import type {Snapshot, StoredStatus} from '../domain/verification.ts';
import type {ContextRecord, VerificationRecord} from './memory-records.ts';
import type {Address, CheckOutcome, CreateOutcome, ResendOutcome} from './store.ts';

/**
 * All that a process holds of one recipient, as it hands it over. There is no instant in it but only what is left of a time
 * (`…InMs`, negative once it is over) or has passed of it (`…AgeMs`), so that no two clocks have to agree.
 */
export interface Holding {
  readonly partition: number;
  readonly recipientTag: string;
  /** Consecutive failures since the process began to hold it: they are to be added. */
  readonly failures: number;
  readonly contexts: readonly HeldContext[];
  readonly sendableInMs: number;
  /** What the recipient's policy says; `blockAfter` is 0 where no check has told it. */
  readonly maxPending: number;
  readonly maxAttempts: number;
  readonly blockAfter: number;
  /** In the order of their creation. */
  readonly verifications: readonly HeldVerification[];
  readonly requests: readonly HeldRequest[];
}

interface HeldContext {
  readonly contextTag: string;
  readonly failures: ContextRecord['failures'];
  readonly checkableInMs: number;
  readonly lockedInMs: number;
}

export interface HeldVerification
  extends Pick<
    VerificationRecord,
    | 'tag'
    | 'contextTag'
    | 'bindingMac'
    | 'mac'
    | 'sealedAddress'
    | 'sealedCode'
    | 'channel'
    | 'to'
    | 'locale'
    | 'reference'
    | 'maxAttempts'
    | 'failedChecks'
    | 'resends'
    | 'storeMayHaveCopy'
    | 'peerMayHaveCopy'
    | 'survivesFailover'
  > {
  readonly status: StoredStatus;
  readonly standing: 'live' | 'superseded' | 'final';
  readonly createdAgeMs: number;
  readonly expiresInMs: number;
  readonly delivery: Omit<Snapshot['delivery'], 'updatedAt'> & {readonly updatedAgeMs: number};
  /** Its message, if that still waits for a worker. */
  readonly message?: HeldMessage;
}

interface HeldMessage extends Pick<Address, 'id' | 'owner'> {
  readonly sealedCode: string;
  readonly sealedAddress: string;
  readonly resends: number;
  readonly queuedAgeMs: number;
  /** The provider that took the message which this one replaces. */
  readonly avoid?: string;
  /** @default the one in `sealedAddress` */
  readonly channel?: Channel;
}

/** A request whose answer is known: it has to stay the same when it is repeated elsewhere. */
export interface HeldRequest {
  readonly tag: string;
  readonly fingerprint: string;
  readonly endsInMs: number;
  /** Its instants count from the moment of the hand-over. */
  readonly outcome: RememberedOutcome;
}

export type RememberedOutcome = CreateOutcome | CheckOutcome | ResendOutcome;

/** The same a while later. A code lives no longer for having been on its way; a wait only ends later. */
export function aged(holding: Holding, passedMs: number): Holding {
  const verifications = holding.verifications.map(
    ({createdAgeMs, expiresInMs, delivery, message, ...rest}): HeldVerification => ({
      ...rest,
      createdAgeMs: createdAgeMs + passedMs,
      expiresInMs: expiresInMs - passedMs,
      delivery: {...delivery, updatedAgeMs: delivery.updatedAgeMs + passedMs},
      ...(message === undefined ? {} : {message: {...message, queuedAgeMs: message.queuedAgeMs + passedMs}}),
    }),
  );
  const requests = holding.requests.map(({endsInMs, outcome, ...rest}) => ({
    ...rest,
    endsInMs: endsInMs - passedMs,
    outcome: shifted(outcome, -passedMs),
  }));
  return {...holding, verifications, requests};
}

/** The same outcome, its instants moved. What stands for "none" (0 and less for waits) stays. */
export function shifted<Outcome extends RememberedOutcome>(outcome: Outcome, byMs: number): Outcome {
  const wait = (at: number) => (at > 0 ? Math.max(1, at + byMs) : at);
  return {
    ...outcome,
    ...('at' in outcome ? {at: outcome.at + byMs} : {}),
    ...('until' in outcome && outcome.until !== undefined ? {until: outcome.until + byMs} : {}),
    ...('limits' in outcome
      ? {limits: outcome.limits.map(({remaining, resetAt}) => ({remaining, resetAt: resetAt + byMs}))}
      : {}),
    ...('snapshot' in outcome
      ? {
          snapshot: {
            ...outcome.snapshot,
            at: outcome.snapshot.at + byMs,
            createdAt: outcome.snapshot.createdAt + byMs,
            expiresAt: outcome.snapshot.expiresAt + byMs,
            delivery: {...outcome.snapshot.delivery, updatedAt: outcome.snapshot.delivery.updatedAt + byMs},
            budget: {
              ...outcome.snapshot.budget,
              checkableAt: wait(outcome.snapshot.budget.checkableAt),
              lockedUntil: wait(outcome.snapshot.budget.lockedUntil),
            },
            sendableAt: wait(outcome.snapshot.sendableAt),
          },
        }
      : {}),
  };
}
