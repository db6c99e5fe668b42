import type {Channel} from '../domain/policy.ts';

/** A message as a provider hands it on. */
export interface OutgoingMessage {
  readonly verificationId: string;
  /** The same for every attempt at the same message, so that a provider may tell a repetition. */
  readonly messageId: string;
  readonly channel: Channel;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  /** The same as a web page; mail alone has it. */
  readonly html?: string;
  /** The language that it is written in (BCP 47): what a voice reads it in. */
  readonly locale: string;
  readonly code: string;
}

export type SendResult =
  /** The far side has taken the message on. */
  | {readonly kind: 'accepted'}
  /** It was not taken now; the same may work later. `reason` is for operators and holds no code and no address. */
  | {readonly kind: 'retry'; readonly reason: string}
  /** It will never be taken. */
  | {readonly kind: 'refused'; readonly reason: string};

/** Carries messages: an SMTP server, a gateway, the development inbox. */
export interface Provider {
  readonly name: string;
  /** Messages that it takes at the same time. */
  readonly maxConcurrent: number;
  /** Hands one message over. Gives up when `signal` does. Does not reject for what the far side may do. */
  send(message: OutgoingMessage, signal: AbortSignal): Promise<SendResult>;
  close(): Promise<void>;
}
