/** A message that nobody but the developer gets. */
export interface InboxMessage {
  readonly verificationId: string;
  readonly to: string;
  readonly channel: string;
  readonly subject?: string;
  readonly text: string;
  readonly code: string;
  /** RFC 3339. */
  readonly receivedAt: string;
}

/** What tells a message from all others. */
export type InboxMessageName = Pick<InboxMessage, 'verificationId' | 'receivedAt'>;

/** The development inbox: the newest messages, for a limited time. Exists in development mode only. */
export interface Inbox {
  /** `html` is the web page of a mail. */
  add(message: InboxMessage, html?: string): Promise<void>;
  /** Newest first; only those to `to`, if it is given. */
  list(to?: string): Promise<InboxMessage[]>;
  newest(): Promise<InboxMessage | undefined>;
  /** The web page of a mail, of the newest mails. Kept apart: whoever polls for codes does not read it along. */
  html(message: InboxMessageName): Promise<string | undefined>;
}

export const inboxLimits = {maxMessages: 5000, maxPages: 200, keepMs: 3_600_000} as const;

export function isSameMessage(a: InboxMessageName, b: InboxMessageName): boolean {
  return a.verificationId === b.verificationId && a.receivedAt === b.receivedAt;
}
