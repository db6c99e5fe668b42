import {setTimeout as delay} from 'node:timers/promises';
import type {DeliveryResult, QueuedMessage} from '../delivery/outbox.ts';
import type {BudgetLimits, BudgetTimings} from '../domain/failure-budget.ts';
import {startDeadline} from '../store/deadline.ts';
import {aged, type Holding} from '../store/holding.ts';
import {MemoryCollections, monotonicNow} from '../store/memory-collections.ts';
import {drop, giveBackMessages, holdingOf, type RecipientName, takeOver} from '../store/memory-holdings.ts';
import {MemoryQueue} from '../store/memory-queue.ts';
import {type MemoryMessage, MemoryStore} from '../store/memory-store.ts';
import {
  type Address,
  AnswerOnItsWay,
  type CancelOutcome,
  type CheckOutcome,
  type CreateOutcome,
  type Idempotency,
  type NewVerification,
  type Presented,
  type RateLimit,
  type ReadOutcome,
  RecipientGone,
  type Resend,
  type ResendOutcome,
  type Store,
  StoreUndecided,
} from '../store/store.ts';

/** What becomes of a recipient that is sent to somebody else. */
export type SendResult =
  /** It is there now. */
  | 'taken'
  /** It is certainly not there. */
  | 'refused'
  /** Nobody knows: it must not be served here any more. */
  | 'unknown';

export interface FallbackStoreOptions {
  /** How many processes share a limit that counts over recipients, this one included. */
  readonly processes: () => number;
  /** Hears when it begins to hold something; what it holds first is acknowledged after that. Never rejects. @default nobody */
  readonly onHolding?: () => Promise<unknown>;
  /** How long an operation waits for a recipient that is on its way. @default 1000 */
  readonly patienceMs?: number;
  /** @default the monotonic clock */
  readonly now?: () => number;
  readonly timings?: BudgetTimings;
  /** @default 100,000 */
  readonly maxRecords?: number;
  /** See `MemoryStoreOptions`. @default there always is */
  readonly takeRoom?: () => boolean;
}

/** One round of failures: what a guesser has against one recipient at one process, until the store is back. */
const maxFailuresInOutage = 5;

/**
 * What this process holds itself while the store is away. A recipient is in one place: while it is on its way to another
 * one, operations on it wait for how that ends.
 */
export class FallbackStore implements Store {
  readonly #records: MemoryCollections;
  readonly #memory: MemoryStore;
  readonly #options: FallbackStoreOptions;
  readonly #moving = new Map<string, Promise<SendResult | undefined>>();
  readonly #withCopies = new Set<string>();
  readonly #withPeerCopies = new Set<string>();
  readonly queue = new MemoryQueue();
  #sequence = 0;
  #announced: Promise<unknown> = Promise.resolve();

  constructor(options: FallbackStoreOptions) {
    const {now = monotonicNow, timings, maxRecords, takeRoom} = options;
    this.#options = options;
    this.#records = new MemoryCollections(now);
    this.#memory = new MemoryStore({
      enqueue: (message) => this.queue.push(message),
      records: this.#records,
      maxFailures: maxFailuresInOutage,
      ...(timings === undefined ? {} : {timings}),
      ...(maxRecords === undefined ? {} : {maxRecords}),
      ...(takeRoom === undefined ? {} : {takeRoom}),
    });
  }

  /** Verifications that it holds, those included whose time is over and that are still known. */
  get size(): number {
    return this.#records.verifications.size;
  }

  /** Whether there is anything that has to go to the store. */
  get isEmpty(): boolean {
    return this.#records.recipients.size === 0;
  }

  /** Whether it holds verifications of which the store may have copies. */
  get holdsCopies(): boolean {
    return this.#holdsAny(this.#withCopies);
  }

  /** Whether it holds verifications of which another process may have copies. */
  get holdsPeerCopies(): boolean {
    return this.#holdsAny(this.#withPeerCopies);
  }

  holds({tag}: Address): boolean {
    return this.#records.verifications.has(tag);
  }

  holdsRecipient(name: RecipientName): boolean {
    return this.#records.recipients.has(name.recipientTag);
  }

  /** Whether another process may hold the recipient, too, and had it before. */
  standsInFor(name: RecipientName): boolean {
    return this.#withPeerCopies.has(name.recipientTag);
  }

  /** Whether it has answered this request. */
  knows({tag}: Idempotency): boolean {
    return this.#records.requests.has(tag);
  }

  /** The recipients that it holds at the moment of the call. */
  recipients(): RecipientName[] {
    this.#records.tick();
    return [...this.#records.recipients].map(([recipientTag, {partition}]) => ({partition, recipientTag}));
  }

  async create(address: Address, verification: NewVerification, idempotency?: Idempotency): Promise<CreateOutcome> {
    const rateLimits = verification.rateLimits.map((limit) => shareOf(limit, this.#options.processes()));
    let before = '';
    const outcome = await this.#here([address.recipientTag], (hasGone) => {
      if (hasGone) throw new RecipientGone();
      before = this.#news;
      return this.#memory.create(address, {...verification, rateLimits}, idempotency);
    }).catch((error) => {
      const isRepetition = idempotency !== undefined && this.knows(idempotency);
      throw error instanceof StoreUndecided && isRepetition ? new AnswerOnItsWay() : error;
    });
    if (outcome.kind === 'created') this.#noteCopies(address, verification);
    await this.#announce(before);
    return outcome;
  }

  async check(
    address: Address,
    presented: Presented,
    limits: Pick<BudgetLimits, 'blockAfter'>,
    idempotency?: Idempotency,
  ): Promise<CheckOutcome> {
    return this.#here([address.recipientTag], () => this.#memory.check(address, presented, limits, idempotency));
  }

  async resend(address: Address, resend: Resend, idempotency?: Idempotency): Promise<ResendOutcome> {
    return this.#here([address.recipientTag], () => this.#memory.resend(address, resend, idempotency));
  }

  async cancel(address: Address): Promise<CancelOutcome> {
    return this.#here([address.recipientTag], () => this.#memory.cancel(address));
  }

  async read(address: Address): Promise<ReadOutcome> {
    return this.#here([address.recipientTag], () => this.#memory.read(address));
  }

  async unlock(partition: number, recipientTags: readonly string[]): Promise<void> {
    await this.#here(recipientTags, () => this.#memory.unlock(partition, recipientTags));
  }

  async erase(partition: number, recipientTags: readonly string[]): Promise<number> {
    return this.#here(recipientTags, () => this.#memory.erase(partition, recipientTags));
  }

  async ping(): Promise<void> {}

  /** Notes what became of a message; false if its verification is not here (any more). */
  async settle(
    message: Pick<QueuedMessage, 'address' | 'resends'>,
    result: Exclude<DeliveryResult, {kind: 'obsolete'}>,
  ): Promise<boolean> {
    const {recipientTag} = message.address;
    for (let moving = this.#moving.get(recipientTag); moving !== undefined; moving = this.#moving.get(recipientTag))
      await moving;
    if (!this.holds(message.address)) return false;
    this.#memory.settle(message, result);
    return true;
  }

  /** Takes out of the queue the messages of verifications that have gone: a worker had them in hand then, and has given them back. */
  takeStrayMessages(): MemoryMessage[] {
    return this.queue.withdrawAll(({address}) => !this.holds(address));
  }

  /** Takes over what another process held. Rejects with `StoreError` when it is full: it would end all that it holds with itself. */
  async adopt(holding: Holding): Promise<void> {
    const cameAt = this.#records.tick();
    let before = '';
    await this.#here([holding.recipientTag], async () => {
      this.#memory.refuseWhenFull();
      before = this.#news;
      takeOver(this.#records, this.queue, aged(holding, this.#records.tick() - cameAt), maxFailuresInOutage);
    });
    for (const held of holding.verifications) this.#noteCopies(holding, held);
    await this.#announce(before);
  }

  /**
   * Sends a recipient with everything that is known of it to somebody else. Until `send` resolves nothing is done with it
   * here; it comes back only if it was refused. `sequence` names this sending. A second call waits for the first.
   */
  move(
    name: RecipientName,
    send: (holding: Holding, sequence: number) => Promise<SendResult>,
  ): Promise<SendResult | undefined> {
    const key = name.recipientTag;
    const underWay = this.#moving.get(key);
    if (underWay !== undefined) return underWay;
    const holding = holdingOf(this.#records, this.queue, name);
    if (holding === undefined) return Promise.resolve(undefined);
    const moving = send(holding, ++this.#sequence)
      .catch((): SendResult => 'unknown')
      .then((result) => {
        if (result === 'refused') giveBackMessages(this.#records, this.queue, holding);
        else {
          drop(this.#records, name);
          this.#withCopies.delete(key);
          this.#withPeerCopies.delete(key);
        }
        return result;
      })
      .finally(() => this.#moving.delete(key));
    this.#moving.set(key, moving);
    return moving;
  }

  #noteCopies(
    {recipientTag}: RecipientName,
    {storeMayHaveCopy, peerMayHaveCopy}: Pick<NewVerification, 'storeMayHaveCopy' | 'peerMayHaveCopy'>,
  ): void {
    if (storeMayHaveCopy) this.#withCopies.add(recipientTag);
    if (peerMayHaveCopy) this.#withPeerCopies.add(recipientTag);
  }

  #holdsAny(keys: Set<string>): boolean {
    for (const key of keys) {
      if (this.#records.recipients.has(key)) return true;
      keys.delete(key);
    }
    return false;
  }

  /** What others have to know before it is acknowledged. */
  get #news(): string {
    return `${this.isEmpty} ${this.holdsPeerCopies}`;
  }

  /** Resolves once those have heard what it holds who want to. */
  async #announce(before: string): Promise<void> {
    if (this.#news !== before && !this.isEmpty) this.#announced = this.#options.onHolding?.() ?? this.#announced;
    await this.#announced;
  }

  /**
   * Runs what is done in one turn once none of these recipients is on its way: in the very turn that has seen it, because what
   * is done after a sending has begun is not in what is sent. `hasGone`: one of them has gone while it was waited for.
   */
  async #here<T>(recipientTags: readonly string[], run: (hasGone: boolean) => Promise<T>): Promise<T> {
    const giveUp = new AbortController();
    const deadline = startDeadline(this.#options.patienceMs ?? 1000);
    const onItsWay = () => recipientTags.map((tag) => this.#moving.get(tag)).find((moving) => moving !== undefined);
    let hasGone = false;
    try {
      for (let moving = onItsWay(); moving !== undefined; moving = onItsWay()) {
        const patience = delay(deadline.leftMs(), 'late' as const, {signal: giveUp.signal});
        patience.catch(() => {});
        const ended = await Promise.race([moving, patience]);
        if (ended === 'late') throw new StoreUndecided('the recipient is on its way back to the store');
        hasGone ||= ended !== 'refused';
      }
      return run(hasGone);
    } finally {
      giveUp.abort();
    }
  }
}

/** Each process counts by itself, so that each has its share of what all may let pass; at least one. */
function shareOf(limit: RateLimit, processes: number): RateLimit {
  return limit.ofRecipient ? limit : {...limit, count: Math.max(1, Math.floor(limit.count / processes))};
}
