import FlatQueue from 'flatqueue';
import {assertNever} from '../domain/assert-never.ts';
import {type RecipientRecord, requestTags, type VerificationRecord} from './memory-records.ts';
import {packRequest, type RequestRecord, unpackRequest} from './packed-request.ts';
import {type Address, tombstoneMs} from './store.ts';

const collections = ['verifications', 'recipients', 'requests', 'limits'] as const;
type Collection = (typeof collections)[number];

/** The monotonic clock, told as ms since 1970. */
export function monotonicNow(): number {
  return Math.floor(performance.timeOrigin + performance.now());
}

/** The records of a memory store, each of which goes when its time is over. */
export class MemoryCollections {
  readonly verifications = new Map<string, VerificationRecord>();
  readonly recipients = new Map<string, RecipientRecord>();
  /** See `packed-request.ts`. */
  readonly requests = new Map<string, string>();
  /** When each rate limit is empty again. */
  readonly limits = new Map<string, number>();
  /** Keys by when their record may end. Numbers beside keys: an object for each would take three times as much. */
  readonly #ends: Readonly<Record<Collection, FlatQueue<string>>> = {
    verifications: new FlatQueue(),
    recipients: new FlatQueue(),
    requests: new FlatQueue(),
    limits: new FlatQueue(),
  };
  readonly #now: () => number;

  constructor(now: () => number = monotonicNow) {
    this.#now = now;
  }

  /** The time; what has reached its end by then is gone. */
  tick(): number {
    const at = this.#now();
    for (const of of collections) {
      const ends = this.#ends[of];
      while ((ends.peekValue() ?? Number.POSITIVE_INFINITY) <= at) {
        const key = ends.pop() ?? '';
        const endsAt = this.#endOf(of, key);
        if (endsAt !== undefined && endsAt > at) ends.push(key, endsAt);
        else this.#delete(of, key);
      }
    }
    return at;
  }

  /** Has a record looked at when it may have reached its end. */
  endAt(of: Collection, key: string, at: number): void {
    this.#ends[of].push(key, at);
  }

  request(tag: string): RequestRecord | undefined {
    const packed = this.requests.get(tag);
    return packed === undefined ? undefined : unpackRequest(packed);
  }

  /** Notes what was answered to a request about a recipient. */
  keepRequest(tag: string, request: RequestRecord, recipient: RecipientRecord): void {
    this.requests.set(tag, packRequest(request));
    this.endAt('requests', tag, request.endsAt);
    recipient.requests = [tag, ...requestTags(recipient)].join(' ');
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
        blockAfter: 0,
        requests: '',
      }
    );
  }

  keepRecipient({recipientTag}: Pick<Address, 'recipientTag'>, recipient: RecipientRecord, until: number): void {
    if (until <= recipient.keptUntil) return;
    // The entry that is in the queue already renews itself when its turn comes.
    if (recipient.keptUntil === 0) this.endAt('recipients', recipientTag, until);
    recipient.keptUntil = until;
  }

  #delete(of: Collection, key: string): void {
    const request = of === 'requests' ? this.request(key) : undefined;
    const recipient = request === undefined ? undefined : this.recipients.get(request.recipient);
    if (recipient !== undefined)
      recipient.requests = requestTags(recipient)
        .filter((tag) => tag !== key)
        .join(' ');
    this[of].delete(key);
  }

  #endOf(of: Collection, key: string): number | undefined {
    switch (of) {
      case 'verifications': {
        const record = this.verifications.get(key);
        return record === undefined ? undefined : record.expiresAt + tombstoneMs;
      }
      case 'recipients':
        return this.recipients.get(key)?.keptUntil;
      case 'requests':
        return this.request(key)?.endsAt;
      case 'limits':
        return this.limits.get(key);
      default:
        return assertNever(of);
    }
  }
}
