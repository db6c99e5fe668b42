import type {EncryptionKey} from '../domain/end-to-end.ts';
import type {Channel} from '../domain/policy.ts';

/** A message as a provider hands it on. */
export interface OutgoingMessage {
  readonly verificationId: string;
  /** The same for every attempt at the same message, so that a provider may tell a repetition. */
  readonly messageId: string;
  /** Resends that had been made when it was queued. */
  readonly resends: number;
  readonly channel: Channel;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  /** The same as a web page; mail alone has it. */
  readonly html?: string;
  /** The language that it is written in (BCP 47): what a voice reads it in. */
  readonly locale: string;
  readonly code: string;
  /** The client's key: a channel between programs carries the code sealed for it, and no text that holds it. */
  readonly sealFor?: EncryptionKey;
  /** Where the far side may tell what became of the message. */
  readonly callbackUrl?: string;
}

export type SendResult =
  /** The far side has taken the message on. */
  | {readonly kind: 'accepted'}
  /**
   * It was not taken now, or nobody knows; the same may work later. `reason` is for operators and holds no code and no
   * address. `retryAfterMs`: the far side asked for a pause, from all messages.
   */
  | {readonly kind: 'retry'; readonly reason: string; readonly retryAfterMs?: number}
  /** It will never be taken. */
  | {readonly kind: 'refused'; readonly reason: string};

/** When what has been exchanged for its successor is closed: longer than any attempt at a message takes. */
export const retireAfterMs = 120_000;

/** Carries messages: an SMTP server, a gateway, the development inbox. */
export interface Provider {
  readonly name: string;
  /** Messages that it takes at the same time. */
  readonly maxConcurrent: number;
  /** Hands one message over. Gives up when `signal` does. Does not reject for what the far side may do. */
  send(message: OutgoingMessage, signal: AbortSignal): Promise<SendResult>;
  close(): Promise<void>;
}
