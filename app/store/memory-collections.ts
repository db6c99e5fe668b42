import TinyQueue from 'tinyqueue';
import {assertNever} from '../domain/assert-never.ts';
import type {RecipientRecord, RequestRecord, VerificationRecord} from './memory-records.ts';
import {type Address, tombstoneMs} from './store.ts';

type Collection = 'verifications' | 'recipients' | 'requests' | 'limits';

/** The monotonic clock, told as ms since 1970. */
export function monotonicNow(): number {
  return Math.floor(performance.timeOrigin + performance.now());
}

/** The records of a memory store, each of which goes when its time is over. */
export class MemoryCollections {
  readonly verifications = new Map<string, VerificationRecord>();
  readonly recipients = new Map<string, RecipientRecord>();
  readonly requests = new Map<string, RequestRecord>();
  /** When each rate limit is empty again. */
  readonly limits = new Map<string, number>();
  readonly ends = new TinyQueue<{at: number; of: Collection; key: string}>([], (a, b) => a.at - b.at);
  readonly #now: () => number;

  constructor(now: () => number = monotonicNow) {
    this.#now = now;
  }

  /** The time; what has reached its end by then is gone. */
  tick(): number {
    const at = this.#now();
    for (let next = this.ends.peek(); next !== undefined && next.at <= at; next = this.ends.peek()) {
      this.ends.pop();
      const endsAt = this.#endOf(next);
      if (endsAt !== undefined && endsAt > at) this.ends.push({...next, at: endsAt});
      else this.#delete(next);
    }
    return at;
  }

  /** The recipient's record; a new one, that is not kept yet, if there is none. */
  recipient({partition, recipientTag}: Pick<Address, 'partition' | 'recipientTag'>): RecipientRecord {
    return (
      this.recipients.get(recipientTag) ?? {
        partition,
        failures: 0,
        blocked: false,
        sendableAt: 0,
        codes: [],
        keptUntil: 0,
        maxPending: 1,
        maxAttempts: 1,
        blockAfter: Number.POSITIVE_INFINITY,
      }
    );
  }

  keepRecipient({recipientTag}: Pick<Address, 'recipientTag'>, recipient: RecipientRecord, until: number): void {
    if (until <= recipient.keptUntil) return;
    // The entry that is in the queue already renews itself when its turn comes.
    if (recipient.keptUntil === 0) this.ends.push({at: until, of: 'recipients', key: recipientTag});
    recipient.keptUntil = until;
  }

  #delete({of, key}: {of: Collection; key: string}): void {
    const request = of === 'requests' ? this.requests.get(key) : undefined;
    const recipient = request === undefined ? undefined : this.recipients.get(request.recipient);
    if (recipient?.requests !== undefined) recipient.requests = recipient.requests.filter((tag) => tag !== key);
    this[of].delete(key);
  }

  #endOf({of, key}: {of: Collection; key: string}): number | undefined {
    switch (of) {
      case 'verifications': {
        const record = this.verifications.get(key);
        return record === undefined ? undefined : record.expiresAt + tombstoneMs;
      }
      case 'recipients':
        return this.recipients.get(key)?.keptUntil;
      case 'requests':
        return this.requests.get(key)?.endsAt;
      case 'limits':
        return this.limits.get(key);
      default:
        return assertNever(of);
    }
  }
}
