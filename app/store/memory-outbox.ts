import type {DeliveryResult, Outbox, QueuedMessage} from '../delivery/outbox.ts';
import {isCurrentIn} from './current-message.ts';
import type {MemoryQueue} from './memory-queue.ts';
import {type MemoryStore, monotonicNow} from './memory-store.ts';

/** How long a message rests that a worker has given back. */
const releaseMs = 1000;

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

  constructor({queue, store, now = monotonicNow}: MemoryOutboxOptions) {
    this.#queue = queue;
    this.#store = store;
    this.#now = now;
  }

  async receive(waitMs: number): Promise<QueuedMessage[]> {
    const messages = await this.#queue.take(waitMs);
    return messages.map(({expiresAt, ...message}) => ({
      ...message,
      entry: String(++this.#entries),
      remainingMs: expiresAt - this.#now(),
    }));
  }

  async renew(): Promise<void> {}

  release({entry: _entry, remainingMs, ...message}: QueuedMessage): void {
    setTimeout(
      () => this.#queue.giveBack({...message, expiresAt: this.#now() + remainingMs - releaseMs}),
      releaseMs,
    ).unref();
  }

  isCurrent(message: QueuedMessage): Promise<boolean> {
    return isCurrentIn(this.#store, message);
  }

  async settle(message: QueuedMessage, result: DeliveryResult): Promise<void> {
    if (result.kind !== 'obsolete') this.#store.settle(message, result);
  }

  async close(): Promise<void> {
    this.#queue.close();
  }
}
