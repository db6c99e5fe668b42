import FlatQueue from 'flatqueue';
import {
  type Announcements,
  eventLifetimeMs,
  type VerificationEvent,
  verificationEvents,
} from '../delivery/announcements.ts';
import type {DeliveryReport, DeliveryReports, ReportOutcome} from '../delivery/reports.ts';
import {monotonicNow} from './memory-collections.ts';
import type {MemoryQueue} from './memory-queue.ts';
import type {MemoryStore} from './memory-store.ts';
import type {Address} from './store.ts';

/** The ends of a memory store's verifications, and what providers tell of its messages. */
export class MemoryAnnouncements implements Announcements, DeliveryReports {
  readonly #store: MemoryStore;
  readonly #queue: MemoryQueue;
  readonly #now: () => number;
  readonly #watched = new Map<string, Address>();
  readonly #due = new FlatQueue<Address>();

  constructor({
    store,
    queue,
    now = monotonicNow,
  }: {
    readonly store: MemoryStore;
    readonly queue: MemoryQueue;
    readonly now?: () => number;
  }) {
    this.#store = store;
    this.#queue = queue;
    this.#now = now;
  }

  async watch(address: Address, lifetimeMs: number): Promise<void> {
    this.#watched.set(address.id, address);
    this.#due.push(address, this.#now() + lifetimeMs);
  }

  async unwatch({id}: Address): Promise<void> {
    this.#watched.delete(id);
  }

  async announce(address: Address): Promise<void> {
    if (!this.#watched.has(address.id)) return;
    const outcome = await this.#store.read(address);
    const at = this.#now();
    if (outcome.kind === 'found' && outcome.snapshot.status === 'pending') {
      this.#due.push(address, outcome.snapshot.expiresAt);
      return;
    }
    if (!this.#watched.delete(address.id) || outcome.kind !== 'found') return;
    const event = verificationEvents.find((each): each is VerificationEvent => each === outcome.snapshot.status);
    if (event !== undefined) this.#queue.giveEvent({address, event, expiresAt: at + eventLifetimeMs, queuedAt: at});
  }

  /** Announces what has expired, and all whose end nobody has announced at the time. */
  async look(): Promise<void> {
    while ((this.#due.peekValue() ?? Number.POSITIVE_INFINITY) <= this.#now()) {
      const next = this.#due.pop();
      if (next !== undefined) await this.announce(next);
    }
  }

  async report(address: Address, report: DeliveryReport): Promise<ReportOutcome> {
    return this.#store.report(address, report);
  }
}
