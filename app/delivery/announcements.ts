import type {Address} from '../store/store.ts';

/** The ends of verifications that their client is told of. */
export const verificationEvents = ['approved', 'locked', 'expired', 'undeliverable'] as const;
export type VerificationEvent = (typeof verificationEvents)[number];

/** An event that waits to be told. What it says is read when it is: the entry itself holds nothing. */
export interface QueuedEvent {
  /** Names the entry in its outbox. */
  readonly entry: string;
  readonly address: Address;
  readonly event: VerificationEvent;
  /** Time left in which it is worth telling, in ms, when it was received. */
  readonly remainingMs: number;
}

/**
 * Finds the ends of verifications and queues an event for each, once. A verification is watched from before its creation
 * on, so that an end is found whatever process dies: at once by whoever has caused it (`announce`), and otherwise by a look
 * at every watched one that has expired. Rejects with `StoreError`.
 */
export interface Announcements {
  /** `lifetimeMs` is how long its code will be valid. */
  watch(address: Address, lifetimeMs: number): Promise<void>;
  /** It was not created, or under another id. */
  unwatch(address: Address): Promise<void>;
  /** Queues the event of its end, if it has ended and that has not been announced. */
  announce(address: Address): Promise<void>;
}

/** As long as a verification that is over stays readable. */
export const eventLifetimeMs = 3_600_000;
