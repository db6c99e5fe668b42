/** A message that nobody but the developer gets. */
export interface InboxMessage {
  readonly verificationId: string;
  readonly to: string;
  readonly channel: string;
  readonly subject?: string;
  readonly text: string;
  /** Of a mail. */
  readonly html?: string;
  readonly code: string;
  /** RFC 3339. */
  readonly receivedAt: string;
}

/** The development inbox: the newest messages, for a limited time. Exists in development mode only. */
export interface Inbox {
  add(message: InboxMessage): Promise<void>;
  /** Newest first; only those to `to`, if it is given. */
  list(to?: string): Promise<InboxMessage[]>;
}

export const inboxLimits = {maxMessages: 5000, keepMs: 3_600_000} as const;
