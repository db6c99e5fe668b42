import type {MemoryMessage} from './memory-store.ts';
import {StoreError} from './store.ts';

const batch = 64;

/** The messages between a memory store and its outbox: first in, first out, and bounded. */
export class MemoryQueue {
  readonly #messages: MemoryMessage[] = [];
  readonly #maxMessages: number;
  #wake: () => void = () => {};
  #closed = false;

  constructor(maxMessages = 100_000) {
    this.#maxMessages = maxMessages;
  }

  /** Rejects with `StoreError` when the queue is full. */
  push(message: MemoryMessage): void {
    if (this.#messages.length >= this.#maxMessages)
      throw new StoreError('not_executed', `the outbox is full (${this.#maxMessages} messages)`);
    this.#messages.push(message);
    this.#wake();
  }

  get size(): number {
    return this.#messages.length;
  }

  get oldest(): MemoryMessage | undefined {
    return this.#messages[0];
  }

  /** The next messages; none if there is still none after `waitMs`, or once the queue is closed. */
  async take(waitMs: number): Promise<MemoryMessage[]> {
    if (this.#messages.length === 0 && !this.#closed) {
      const {promise, resolve} = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, waitMs);
      this.#wake = resolve;
      await promise;
      clearTimeout(timer);
    }
    return this.#messages.splice(0, batch);
  }

  close(): void {
    this.#closed = true;
    this.#wake();
  }
}
