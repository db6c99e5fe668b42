import type {DeliveryResult, MessageName, Outbox, OutboxDepth, QueuedEntry, QueuedMessage} from '../delivery/outbox.ts';
import {isCurrentIn} from './current-message.ts';
import {monotonicNow} from './memory-collections.ts';
import type {MemoryEvent, MemoryQueue} from './memory-queue.ts';
import type {MemoryMessage} from './memory-store.ts';
import type {Store} from './store.ts';

export interface MemoryOutboxOptions {
  readonly queue: MemoryQueue;
  /** The store that fills the queue. */
  readonly store: Pick<Store, 'read'> & {
    settle(message: QueuedMessage, result: Exclude<DeliveryResult, {kind: 'obsolete'}>): unknown;
  };
  /** Looks for what has ended and is to be told. @default nothing is */
  readonly look?: () => Promise<void>;
  /** The store's clock. @default the monotonic clock */
  readonly now?: () => number;
}

/** The outbox of a memory store: it ends with the process, as the verifications do. */
export class MemoryOutbox implements Outbox {
  readonly #queue: MemoryQueue;
  readonly #store: MemoryOutboxOptions['store'];
  readonly #look: () => Promise<void>;
  readonly #now: () => number;
  #entries = 0;
  /** What has been received and not settled, oldest first. */
  readonly #received = new Map<string, MemoryMessage | MemoryEvent>();

  constructor({queue, store, look = async () => {}, now = monotonicNow}: MemoryOutboxOptions) {
    this.#queue = queue;
    this.#store = store;
    this.#look = look;
    this.#now = now;
  }

  async receive(waitMs: number): Promise<QueuedEntry[]> {
    await this.#look();
    const messages = await this.#queue.take(waitMs);
    return messages.map((message) => {
      const entry = String(++this.#entries);
      this.#received.set(entry, message);
      return this.#queued(entry, message);
    });
  }

  async renew(): Promise<void> {}

  park(_message: QueuedEntry): void {
    // There is no other place than this memory that could keep it.
  }

  async retake(messages: readonly MessageName[]): Promise<QueuedEntry[]> {
    return messages.flatMap(({entry}) => {
      const message = this.#received.get(entry);
      return message === undefined ? [] : [this.#queued(entry, message)];
    });
  }

  async release(messages: readonly MessageName[]): Promise<void> {
    for (const {entry} of messages) {
      const message = this.#received.get(entry);
      this.#received.delete(entry);
      if (message === undefined) continue;
      if ('event' in message) this.#queue.giveEvent(message);
      else this.#queue.giveBack(message);
    }
  }

  isCurrent(message: QueuedMessage): Promise<boolean> {
    return isCurrentIn(this.#store, message);
  }

  async settle(message: QueuedEntry, result: DeliveryResult): Promise<void> {
    this.#received.delete(message.entry);
    if (result.kind !== 'obsolete' && !('event' in message)) await this.#store.settle(message, result);
  }

  async depth(): Promise<OutboxDepth> {
    const [received] = this.#received.values();
    const queuedAt = received?.queuedAt ?? this.#queue.oldest?.queuedAt;
    return {
      messages: this.#received.size + this.#queue.size,
      oldestAgeMs: queuedAt === undefined ? 0 : this.#now() - queuedAt,
    };
  }

  interrupt(): void {
    this.#queue.close();
  }

  async close(): Promise<void> {
    this.#queue.close();
  }

  #queued(entry: string, {expiresAt, queuedAt: _queuedAt, ...content}: MemoryMessage | MemoryEvent): QueuedEntry {
    return {...content, entry, remainingMs: expiresAt - this.#now()};
  }
}
