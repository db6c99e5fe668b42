import type {MemoryMessage} from './memory-store.ts';
import {StoreError} from './store.ts';

const batch = 64;

/** The messages between a memory store and its outbox: first in, first out, and bounded. */
export class MemoryQueue {
  readonly #messages = new Map<string, MemoryMessage>();
  readonly #maxMessages: number;
  #wake: () => void = () => {};
  #closed = false;

  constructor(maxMessages = 100_000) {
    this.#maxMessages = maxMessages;
  }

  /** Rejects with `StoreError` when the queue is full. */
  push(message: MemoryMessage): void {
    if (this.#messages.size >= this.#maxMessages)
      throw new StoreError('not_executed', `the outbox is full (${this.#maxMessages} messages)`);
    this.giveBack(message);
  }

  /** Takes back a message that was taken and not delivered: it had its place, so that no bound refuses it. */
  giveBack(message: MemoryMessage): void {
    this.#messages.set(nameOf(message), message);
    this.#wake();
  }

  get size(): number {
    return this.#messages.size;
  }

  get oldest(): MemoryMessage | undefined {
    return this.#messages.values().next().value;
  }

  /** The next messages; none if there is still none after `waitMs`, or once the queue is closed. */
  async take(waitMs: number): Promise<MemoryMessage[]> {
    if (this.#messages.size === 0 && !this.#closed) {
      const {promise, resolve} = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, waitMs);
      this.#wake = resolve;
      await promise;
      clearTimeout(timer);
    }
    const taken: MemoryMessage[] = [];
    for (const [name, message] of this.#messages) {
      if (taken.length === batch) break;
      this.#messages.delete(name);
      taken.push(message);
    }
    return taken;
  }

  /** Takes one message out of its turn; undefined if it does not wait here. */
  withdraw(message: Pick<MemoryMessage, 'address' | 'resends'>): MemoryMessage | undefined {
    const found = this.#messages.get(nameOf(message));
    this.#messages.delete(nameOf(message));
    return found;
  }

  close(): void {
    this.#closed = true;
    this.#wake();
  }
}

function nameOf({address, resends}: Pick<MemoryMessage, 'address' | 'resends'>): string {
  return `${address.tag} ${resends}`;
}
