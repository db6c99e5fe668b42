import type {QueuedEvent} from '../delivery/announcements.ts';
import type {MemoryMessage} from './memory-store.ts';
import {StoreError} from './store.ts';

const batch = 64;
const maxEvents = 10_000;

export interface MemoryEvent extends Pick<QueuedEvent, 'address' | 'event'> {
  readonly expiresAt: number;
  readonly queuedAt: number;
}

/** The messages between a memory store and its outbox: first in, first out, and bounded. */
export class MemoryQueue {
  readonly #messages = new Map<string, MemoryMessage>();
  readonly #events: MemoryEvent[] = [];
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

  /** Events beyond what is bearable are forgotten, the oldest first. */
  giveEvent(event: MemoryEvent): void {
    this.#events.push(event);
    if (this.#events.length > maxEvents) this.#events.shift();
    this.#wake();
  }

  get size(): number {
    return this.#messages.size + this.#events.length;
  }

  get oldest(): MemoryMessage | MemoryEvent | undefined {
    return this.#messages.values().next().value ?? this.#events[0];
  }

  /** The next messages; none if there is still none after `waitMs`, or once the queue is closed. */
  async take(waitMs: number): Promise<(MemoryMessage | MemoryEvent)[]> {
    if (this.size === 0 && !this.#closed) {
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
    return [...taken, ...this.#events.splice(0, batch)];
  }

  /** Takes one message out of its turn; undefined if it does not wait here. */
  withdraw({tag, resends}: {readonly tag: string; readonly resends: number}): MemoryMessage | undefined {
    const name = nameOf({address: {tag}, resends});
    const found = this.#messages.get(name);
    this.#messages.delete(name);
    return found;
  }

  /** Takes all messages out of their turn for which `isWanted` says so. */
  withdrawAll(isWanted: (message: MemoryMessage) => boolean): MemoryMessage[] {
    const found = [...this.#messages.values()].filter(isWanted);
    for (const message of found) this.#messages.delete(nameOf(message));
    return found;
  }

  close(): void {
    this.#closed = true;
    this.#wake();
  }
}

function nameOf({
  address,
  resends,
}: {
  readonly address: Pick<MemoryMessage['address'], 'tag'>;
  readonly resends: number;
}): string {
  return `${address.tag} ${resends}`;
}
