import type {Channel} from '../domain/policy.ts';
import type {Address} from '../store/store.ts';
import type {QueuedEvent} from './announcements.ts';

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
  /** The provider that took the message which this one replaces. */
  readonly avoid?: string;
  /** As a resend has chosen it. @default the one in `sealedAddress` */
  readonly channel?: Channel;
}

/** What an outbox holds: messages, and events that are told in the same way. */
export type QueuedEntry = QueuedMessage | QueuedEvent;

/** Names a message, without its content. */
export type MessageName = Pick<QueuedMessage, 'entry'> & {readonly address: Pick<Address, 'id' | 'partition'>};

/** Why a message was given up. */
export type DeadLetterReason = 'refused' | 'expired' | 'unreadable' | 'no_provider';

export type DeliveryResult =
  /** A provider took the message. */
  | {readonly kind: 'sent'; readonly provider: string}
  /** Its code was used, canceled, replaced or has expired before it was sent: nothing is to be noted. */
  | {readonly kind: 'obsolete'}
  /** No provider will take it, or its time is over. */
  | {readonly kind: 'failed'; readonly reason: DeadLetterReason; readonly provider?: string};

/** What waits in an outbox. */
export interface OutboxDepth {
  readonly messages: number;
  /** 0 without messages. */
  readonly oldestAgeMs: number;
}

/**
 * The messages that `Store.create` and `Store.resend` queue. A message is received by one worker at a time and comes
 * again, to any worker, when nothing was heard of it for `claimAfterMs`: at least once.
 */
export interface Outbox {
  /** Some messages as soon as there is one (a few hundred at most), or none after `waitMs`. Rejects with `StoreError`. */
  receive(waitMs: number): Promise<QueuedEntry[]>;
  /** Says that the worker still has the message, so that nobody else is given it. */
  renew(message: MessageName): Promise<void>;
  /** Lets go of the contents of a message that the worker cannot take now; `retake` brings them back. */
  park(message: QueuedEntry): void;
  /** Parked messages again, but for those that another worker has claimed meanwhile. */
  retake(messages: readonly MessageName[]): Promise<QueuedEntry[]>;
  /** Gives messages up that this worker will not deliver: another is given them soon. */
  release(messages: readonly MessageName[]): Promise<void>;
  /** Whether the message's code can still be used: its verification is pending and no resend has replaced it. */
  isCurrent(message: QueuedMessage): Promise<boolean>;
  /** Removes the entry and notes the result of a message on its verification; an event has none. */
  settle(message: QueuedEntry, result: DeliveryResult): Promise<void>;
  depth(): Promise<OutboxDepth>;
  /** Ends a `receive` that waits. */
  interrupt(): void;
  /** Lets go of what the outbox holds. */
  close(): Promise<void>;
}

/** Longer than any provider may take for a message. */
export const claimAfterMs = 15_000;
