import type {DeliveryResult, MessageName, Outbox, OutboxDepth, QueuedMessage} from '../delivery/outbox.ts';
import {isCurrentIn} from './current-message.ts';
import type {MemoryQueue} from './memory-queue.ts';
import {type MemoryStore, monotonicNow} from './memory-store.ts';

export interface MemoryOutboxOptions {
  readonly queue: MemoryQueue;
  /** The store that fills the queue. */
  readonly store: MemoryStore;
  /** The store's clock. @default the monotonic clock */
  readonly now?: () => number;
}

/** The outbox of a memory store: it ends with the process, as the verifications do. */
export class MemoryOutbox implements Outbox {
  readonly #queue: MemoryQueue;
  readonly #store: MemoryStore;
  readonly #now: () => number;
  #entries = 0;
  /** What has been received and not settled, oldest first. */
  readonly #received = new Map<string, {readonly expiresAt: number; readonly queuedAt: number}>();
  readonly #parked = new Map<string, QueuedMessage>();

  constructor({queue, store, now = monotonicNow}: MemoryOutboxOptions) {
    this.#queue = queue;
    this.#store = store;
    this.#now = now;
  }

  async receive(waitMs: number): Promise<QueuedMessage[]> {
    const messages = await this.#queue.take(waitMs);
    return messages.map(({expiresAt, queuedAt, ...message}) => {
      const entry = String(++this.#entries);
      this.#received.set(entry, {expiresAt, queuedAt});
      return {...message, entry, remainingMs: expiresAt - this.#now()};
    });
  }

  async renew(): Promise<void> {}

  park(message: QueuedMessage): void {
    // There is no other place than this memory that could keep it.
    this.#parked.set(message.entry, message);
  }

  async retake(messages: readonly MessageName[]): Promise<QueuedMessage[]> {
    return messages.flatMap(({entry}) => {
      const message = this.#parked.get(entry);
      this.#parked.delete(entry);
      return message === undefined
        ? []
        : [{...message, remainingMs: (this.#received.get(entry)?.expiresAt ?? 0) - this.#now()}];
    });
  }

  /** The messages of a memory store end with the process: there is nobody to give them to. */
  async release(): Promise<void> {}

  isCurrent(message: QueuedMessage): Promise<boolean> {
    return isCurrentIn(this.#store, message);
  }

  async settle(message: QueuedMessage, result: DeliveryResult): Promise<void> {
    this.#received.delete(message.entry);
    if (result.kind !== 'obsolete') this.#store.settle(message, result);
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
}
