import {setTimeout as delay} from 'node:timers/promises';
import {CircuitState, ConsecutiveBreaker, circuitBreaker, handleWhen} from 'cockatiel';
import {StoreError, StoreLimitAway, StorePartMoving, StoreUndecided} from '../store/store.ts';

export interface StoreBreakerOptions {
  /** Resolves when the store takes writes; rejects with `StoreError`. */
  readonly probe: () => Promise<void>;
  /** Hears of each change, and why the store counts as away. */
  readonly onChange: (isOpen: boolean, reason?: string) => void;
  /** Failures in a row after which the store counts as away. @default 5 */
  readonly failures?: number;
  /** The time between two probes of a store that is there, spread by half. @default 1000 */
  readonly probeEveryMs?: number;
}

const notAway = [StoreUndecided, StorePartMoving, StoreLimitAway];

/** Between two probes of a store that is away, spread by half: what its return may go unnoticed. */
const probeAwayMs = 500;
/** A probe that was asked for comes within this time: connections come back in crowds, of one process and of many. */
const probeSoonMs = 50;

/**
 * Knows whether the store, or a part of it, is there. While it counts as away no request waits for it; one probe at a time, of this process
 * alone and at times that chance spreads, asks whether it is back, or at once when a connection is: a store that comes back
 * meets no stampede.
 */
export class StoreBreaker {
  readonly #options: StoreBreakerOptions;
  readonly #policy;
  readonly #inARow: ConsecutiveBreaker;
  readonly #probeEveryMs: number;
  readonly #stopping = new AbortController();
  #awaited = new AbortController();
  #wanted = false;
  #probing: Promise<void> = Promise.resolve();

  constructor(options: StoreBreakerOptions) {
    this.#options = options;
    this.#probeEveryMs = options.probeEveryMs ?? 1000;
    this.#inARow = new ConsecutiveBreaker(options.failures ?? 5);
    this.#policy = circuitBreaker(handleWhen(saysThatStoreIsAway), {
      breaker: this.#inARow,
      // When to probe is decided below, by the monotonic clock: a wall clock that is set back keeps nothing shut.
      halfOpenAfter: Number.NEGATIVE_INFINITY,
    });
    let wasOpen = false;
    this.#policy.onStateChange((state) => {
      if (state === CircuitState.HalfOpen) return;
      const isOpen = state !== CircuitState.Closed;
      if (isOpen === wasOpen) return;
      wasOpen = isOpen;
      const failure = this.#policy.lastFailure;
      const error = failure !== undefined && 'error' in failure ? failure.error : undefined;
      options.onChange(isOpen, isOpen && error instanceof Error ? error.message : undefined);
    });
  }

  /** Whether the store counts as away. */
  get isOpen(): boolean {
    return this.#policy.state !== CircuitState.Closed;
  }

  /** Runs what needs the store. Rejects with `StoreError`, at once while the store counts as away. */
  async run<T>(operation: () => Promise<T>): Promise<T> {
    if (this.isOpen) throw new StoreError('not_executed', 'the store has not answered of late and is not asked');
    // Failures in a row are what counts: while there is none, a success tells nothing that has to be noted.
    if (this.#inARow.state > 0) return this.#policy.execute(operation);
    try {
      return await operation();
    } catch (error) {
      if (!this.isOpen) await this.#policy.execute(() => Promise.reject(error)).catch(() => {});
      throw error;
    }
  }

  start(): void {
    this.#probing = this.#probe();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#awaited.abort();
    await this.#probing;
  }

  /** There is reason to think that the store is back: asks it at once, if it counts as away. */
  probeSoon(): void {
    if (!this.isOpen) return;
    this.#wanted = true;
    this.#awaited.abort();
  }

  async #probe(): Promise<void> {
    for (let failed = false; !this.#stopping.signal.aborted; ) {
      const longestMs = failed ? Math.min(this.#probeEveryMs, probeAwayMs) : this.#probeEveryMs;
      // Wanted while the last probe was under way: that one may have come too early.
      if (!this.#wanted) await pause(longestMs * (0.5 + Math.random() / 2), this.#awaited.signal);
      if (this.#wanted) await pause(probeSoonMs * Math.random());
      if (this.#stopping.signal.aborted) return;
      this.#wanted = false;
      this.#awaited = new AbortController();
      failed = await this.#policy.execute(this.#options.probe).then(
        () => false,
        () => true,
      );
    }
  }
}

/** What a store that is there says of one verification, one slot or one limit is no reason to keep all others from it. */
function saysThatStoreIsAway(error: unknown): boolean {
  return error instanceof StoreError && !notAway.some((kind) => error instanceof kind);
}

async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  await delay(ms, undefined, {ref: false, ...(signal === undefined ? {} : {signal})}).catch(() => {});
}
