import {partitions} from '../domain/pseudonym.ts';
import {StoreError} from '../store/store.ts';
import {StoreBreaker} from './store-breaker.ts';

/** What of a store can be away by itself. */
interface StoreParts {
  /** Names the part that has a partition at this moment. */
  partOf(partition: number): string;
  /** Resolves when the part that has this partition takes writes; rejects with `StoreError`. */
  probe(partition: number): Promise<void>;
}

/** A part of the store counts as away, or no longer. */
interface PartChange {
  readonly part: string;
  readonly isAway: boolean;
  readonly reason?: string;
}

export interface PartBreakersOptions {
  readonly parts: StoreParts;
  readonly onChange: (change: PartChange) => void;
  /** Of `StoreBreaker`. */
  readonly failures?: number;
  readonly probeEveryMs?: number;
}

/**
 * Knows which parts of the store are there: a breaker for each, so that one that is away keeps no request from the others. What
 * is asked for is a partition, and which part has it is asked anew each time: one that another server has taken over is
 * asked there at once. A part that has no partition any more is forgotten.
 */
export class PartBreakers {
  readonly #options: PartBreakersOptions;
  readonly #breakers = new Map<string, StoreBreaker>();
  readonly #reachedAt = partitions.map(() => Number.NEGATIVE_INFINITY);
  readonly #ending = new Set<Promise<void>>();
  #isRunning = false;

  constructor(options: PartBreakersOptions) {
    this.#options = options;
  }

  /** Whether the part that has this partition counts as away. */
  isOpen(partition: number): boolean {
    return this.#of(partition).isOpen;
  }

  /** Whether any part of the store counts as away. */
  get isAnyOpen(): boolean {
    return partitions.some((partition) => this.isOpen(partition));
  }

  /** When a probe has reached this partition last, by `performance.now()`; -Infinity if none has. */
  reachedAt(partition: number): number {
    return this.#reachedAt[partition] ?? Number.NEGATIVE_INFINITY;
  }

  /** The part that has this partition. */
  partOf(partition: number): string {
    return this.#options.parts.partOf(partition);
  }

  /** The partitions that a part has; none if they have all gone to others. */
  partitionsOf(part: string): number[] {
    return partitions.filter((partition) => this.partOf(partition) === part);
  }

  /** Runs what needs a partition. Rejects with `StoreError`, at once while its part counts as away. */
  run<T>(partition: number, operation: () => Promise<T>): Promise<T> {
    return this.#of(partition).run(operation);
  }

  /** Runs what needs all of the store. Rejects with `StoreError`, at once while a part counts as away. */
  async runOnAll<T>(operation: () => Promise<T>): Promise<T> {
    if (this.isAnyOpen) throw new StoreError('not_executed', 'a part of the store has not answered of late');
    return operation();
  }

  start(): void {
    this.#isRunning = true;
    for (const breaker of this.#breakers.values()) breaker.start();
    this.#follow();
  }

  async stop(): Promise<void> {
    this.#isRunning = false;
    for (const breaker of this.#breakers.values()) this.#end(breaker);
    await Promise.all(this.#ending);
  }

  /** There is reason to think that a part is back, or that another has its partitions: whatever counts as away is asked at once. */
  probeSoon(): void {
    this.#follow();
    for (const breaker of this.#breakers.values()) breaker.probeSoon();
  }

  #of(partition: number): StoreBreaker {
    const part = this.partOf(partition);
    return this.#breakers.get(part) ?? this.#add(part);
  }

  #add(part: string): StoreBreaker {
    const {onChange, failures, probeEveryMs} = this.#options;
    const breaker = new StoreBreaker({
      probe: () => this.#probe(part),
      onChange: (isAway, reason) => {
        // Of one that has been forgotten was told that it counts as away no longer.
        if (this.#breakers.get(part) === breaker) onChange({part, isAway, ...(reason === undefined ? {} : {reason})});
      },
      ...(failures === undefined ? {} : {failures}),
      ...(probeEveryMs === undefined ? {} : {probeEveryMs}),
    });
    this.#breakers.set(part, breaker);
    if (this.#isRunning) breaker.start();
    return breaker;
  }

  /** Any of its partitions tells of the server. */
  async #probe(part: string): Promise<void> {
    const its = this.partitionsOf(part);
    const one = its[Math.floor(Math.random() * its.length)];
    if (one === undefined) return this.#follow();
    const beganAt = performance.now();
    await this.#options.parts.probe(one);
    for (const partition of its) this.#reachedAt[partition] = beganAt;
  }

  /** Watches the parts that have partitions, and no others. */
  #follow(): void {
    const current = new Set(partitions.map((partition) => this.partOf(partition)));
    for (const part of current) if (!this.#breakers.has(part)) this.#add(part);
    for (const [part, breaker] of this.#breakers) {
      if (current.has(part)) continue;
      this.#breakers.delete(part);
      this.#end(breaker);
      if (breaker.isOpen) this.#options.onChange({part, isAway: false});
    }
  }

  #end(breaker: StoreBreaker): void {
    const ending = breaker.stop().finally(() => this.#ending.delete(ending));
    this.#ending.add(ending);
  }
}
