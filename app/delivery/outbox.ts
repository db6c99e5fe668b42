import type {Address} from '../store/store.ts';

/** A message that waits to be handed to a provider. Code and address are sealed; see `delivery/message.ts`. */
export interface QueuedMessage {
  /** Names the entry in its outbox. */
  readonly entry: string;
  readonly address: Address;
  readonly sealedCode: string;
  readonly sealedAddress: string;
  /** Time left until the code expires, in ms, when the message was received. */
  readonly remainingMs: number;
  /** Resends that had been made when it was queued: tells a message from the one that replaced it. */
  readonly resends: number;
}

export type DeliveryResult =
  /** A provider took the message. */
  | {readonly kind: 'sent'; readonly provider: string}
  /** Its code was used, canceled, replaced or has expired before it was sent: nothing is to be noted. */
  | {readonly kind: 'obsolete'}
  /** No provider will take it, or its time is over. */
  | {readonly kind: 'failed'; readonly provider?: string};

/**
 * The messages that `Store.create` and `Store.resend` queue. A message is received by one worker at a time and comes
 * again, to any worker, when nothing was heard of it for `claimAfterMs`: at least once.
 */
export interface Outbox {
  /** Some messages as soon as there is one (a few hundred at most), or none after `waitMs`. Rejects with `StoreError`. */
  receive(waitMs: number): Promise<QueuedMessage[]>;
  /** Says that the worker still has the message, so that nobody else is given it. */
  renew(message: QueuedMessage): Promise<void>;
  /** Gives a message back that the worker cannot take now: it comes again later. */
  release(message: QueuedMessage): void;
  /** Whether the message's code can still be used: its verification is pending and no resend has replaced it. */
  isCurrent(message: QueuedMessage): Promise<boolean>;
  /** Removes the message and notes its result on the verification. */
  settle(message: QueuedMessage, result: DeliveryResult): Promise<void>;
  /** Ends a `receive` that waits, and lets go of what the outbox holds. */
  close(): Promise<void>;
}

export const claimAfterMs = 30_000;
