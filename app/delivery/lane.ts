import {
  BrokenCircuitError,
  type BulkheadPolicy,
  bulkhead,
  type CircuitBreakerPolicy,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  ExponentialBackoff,
  handleWhenResult,
} from 'cockatiel';
import type {OutgoingMessage, Provider, SendResult} from './provider.ts';

export type LaneResult =
  | SendResult
  /** It is not asked at present: it has just failed again and again, or has asked for a pause. */
  | {readonly kind: 'unavailable'}
  | {readonly kind: 'obsolete'};

/** Failures in a row after which a provider is left alone. */
const failuresToOpen = 5;
const firstOpenMs = 1000;
const maxOpenMs = 30_000;

/** One provider, as all messages of this process share it: how many at a time, and whether it is worth asking. */
export class Lane {
  readonly provider: Provider;
  readonly #onBreaker: (open: boolean) => void;
  readonly #gate: BulkheadPolicy;
  #breaker: CircuitBreakerPolicy;
  /** By the monotonic clock. */
  #openedAt = 0;
  #pausedUntil = 0;

  constructor(provider: Provider, onBreaker: (open: boolean) => void = () => {}) {
    this.provider = provider;
    this.#onBreaker = onBreaker;
    this.#gate = bulkhead(provider.maxConcurrent, Number.MAX_SAFE_INTEGER);
    this.#breaker = this.#createBreaker();
    onBreaker(false);
  }

  /** How long the far side wants to be left in peace; 0 if it does not. */
  get pauseMs(): number {
    return Math.max(0, this.#pausedUntil - performance.now());
  }

  /**
   * Hands a message over once it is its turn, if `isCurrent` says so then: a code may have ended while it waited. Gives up
   * when `signal` does, whether or not the provider notices.
   */
  async send(message: OutgoingMessage, signal: AbortSignal, isCurrent: () => Promise<boolean>): Promise<LaneResult> {
    if (this.#isShut()) return {kind: 'unavailable'};
    return this.#gate.execute(async (): Promise<LaneResult> => {
      if (signal.aborted) return {kind: 'retry', reason: 'the code has expired'};
      if (this.#isShut()) return {kind: 'unavailable'};
      if (!(await isCurrent())) return {kind: 'obsolete'};
      try {
        return await this.#breaker.execute(() => this.#attempt(message, signal));
      } catch (error) {
        if (error instanceof BrokenCircuitError) return {kind: 'unavailable'};
        throw error;
      }
    });
  }

  async #attempt(message: OutgoingMessage, signal: AbortSignal): Promise<SendResult> {
    const {promise: given, resolve} = Promise.withResolvers<SendResult>();
    const giveUp = () => resolve({kind: 'retry', reason: 'no answer while the code was valid'});
    signal.addEventListener('abort', giveUp, {once: true});
    try {
      const result = await Promise.race([this.provider.send(message, signal), given]);
      if (result.kind === 'retry' && result.retryAfterMs !== undefined)
        this.#pausedUntil = performance.now() + result.retryAfterMs;
      return result;
    } catch (error) {
      // A provider does not reject; one that does all the same must not take the worker with it.
      return {kind: 'retry', reason: `failed unexpectedly (${error instanceof Error ? error.name : typeof error})`};
    } finally {
      signal.removeEventListener('abort', giveUp);
    }
  }

  #isShut(): boolean {
    if (this.pauseMs > 0) return true;
    if (this.#breaker.state !== CircuitState.Open) return false;
    // cockatiel tells time by the wall clock: where that was set back, its breaker would stay open for as long.
    if (performance.now() - this.#openedAt > 2 * maxOpenMs) this.#breaker = this.#createBreaker();
    return false;
  }

  #createBreaker(): CircuitBreakerPolicy {
    // Who asks for a pause works: it is left in peace for so long, and not held for broken.
    const failed = handleWhenResult((result) => {
      const {kind, retryAfterMs} = result as SendResult & {retryAfterMs?: number};
      return kind === 'retry' && retryAfterMs === undefined;
    });
    const breaker = circuitBreaker(failed, {
      breaker: new ConsecutiveBreaker(failuresToOpen),
      halfOpenAfter: new ExponentialBackoff({initialDelay: firstOpenMs, maxDelay: maxOpenMs}),
    });
    breaker.onBreak(() => {
      this.#openedAt = performance.now();
      this.#onBreaker(true);
    });
    breaker.onReset(() => this.#onBreaker(false));
    return breaker;
  }
}
