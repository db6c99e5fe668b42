import {setTimeout as delay} from 'node:timers/promises';
import type {Logger} from 'pino';
import {backoffMs} from '../delivery/backoff.ts';
import type {Holding} from '../store/holding.ts';
import type {RecipientName} from '../store/memory-holdings.ts';
import type {RedisHandover} from '../store/redis-handover.ts';
import {StoreError} from '../store/store.ts';
import type {FallbackStore, SendResult} from './fallback-store.ts';
import type {StoreBreaker} from './store-breaker.ts';

export interface RecoveryOptions {
  readonly instance: string;
  readonly fallback: FallbackStore;
  readonly breaker: StoreBreaker;
  readonly handover: Pick<RedisHandover, 'adoption'>;
  readonly log: Logger;
}

/** Recipients that are on their way at the same time: one that nobody knows the end of has to wait for the next try. */
const concurrent = 32;
const pollMs = 250;
/**
 * A store that takes nothing although it is there is not asked without a pause. It does so for a moment after a fail-over, and while
 * a slot moves for as long as that takes: then what is held is to be back soon, however often it was refused.
 */
const refused = {firstMs: pollMs, maxMs: 1000};
/** What is brought back in time takes milliseconds. */
const patienceMs = 500;
const retry = {firstMs: 100, maxMs: 500};

/** Brings what this process holds back to the store, as soon as the store is there. */
export class Recovery {
  readonly #options: RecoveryOptions;
  readonly #stopping = new AbortController();
  #running: Promise<void> = Promise.resolve();
  #refusal: string | undefined;

  constructor(options: RecoveryOptions) {
    this.#options = options;
  }

  start(): void {
    this.#running = this.#run();
  }

  /** Ends what is under way: a sending that nobody knows the end of is given up, and its recipient served no more. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  /** Brings one recipient back now. It is still here afterwards if the store did not take it. */
  bring(name: RecipientName): Promise<SendResult | undefined> {
    return this.#options.fallback.move(name, (holding, sequence) => this.#send(holding, sequence));
  }

  /** The same for a request, which does not wait for how it ends if that takes long. */
  async bringFor(name: RecipientName): Promise<void> {
    const ended = new AbortController();
    const patience = delay(patienceMs, undefined, {signal: ended.signal}).catch(() => {});
    await Promise.race([this.bring(name), patience]);
    ended.abort();
  }

  async #run(): Promise<void> {
    const {fallback, breaker, log} = this.#options;
    for (let refusals = 0; !this.#stopping.signal.aborted; ) {
      if (!breaker.isOpen && !fallback.isEmpty) {
        const waiting = fallback.recipients();
        let taken = 0;
        this.#refusal = undefined;
        await Promise.all(
          Array.from({length: concurrent}, async () => {
            for (let next = waiting.pop(); next !== undefined && !this.#ends(); next = waiting.pop()) {
              if ((await this.bring(next)) === 'taken') taken++;
            }
          }),
        );
        const left = fallback.recipients().length;
        // Fewer need not be left: while one of unknown outcome was waited for, others came.
        if (taken > 0) {
          refusals = 0;
          log.info({recipients: taken, left}, 'brought recipients back to the store');
        } else if (this.#refusal !== undefined && !this.#ends()) {
          log.error({recipients: left, reason: this.#refusal}, 'the store takes back nothing of what is held');
          await this.#pause(backoffMs(refusals++, refused));
        }
      }
      await this.#pause(pollMs);
    }
  }

  #ends(): boolean {
    return this.#stopping.signal.aborted || this.#options.breaker.isOpen;
  }

  /** Sends the same again and again once nobody knows whether it has arrived: the store tells a repetition. */
  async #send(holding: Holding, sequence: number): Promise<SendResult> {
    const {instance, breaker, handover, log} = this.#options;
    const adoption = handover.adoption(holding, instance, sequence);
    for (let attempt = 0; !this.#stopping.signal.aborted; attempt++) {
      const wasInDoubt = adoption.inDoubt;
      try {
        const adopted = await breaker.run(() => adoption.send());
        if (adopted === 'codes_lost')
          log.error('the codes of a recipient are lost: the store may have taken them over before it lost data');
        return 'taken';
      } catch (error) {
        if (!(error instanceof StoreError)) log.error({err: error}, 'a recipient cannot be brought back to the store');
        const reason = error instanceof Error ? error.message : String(error);
        if (!adoption.inDoubt) {
          // What is not asked has refused nothing.
          if (!breaker.isOpen) this.#refusal = reason;
          return 'refused';
        }
        if (!wasInDoubt)
          log.warn({reason}, 'a recipient may have reached the store or not: sending it again until it is known');
      }
      await this.#pause(backoffMs(attempt, retry));
    }
    return adoption.inDoubt ? 'unknown' : 'refused';
  }

  async #pause(ms: number): Promise<void> {
    await delay(ms, undefined, {signal: this.#stopping.signal, ref: false}).catch(() => {});
  }
}
