import {setTimeout as delay} from 'node:timers/promises';
import type {Logger} from 'pino';
import {backoffMs} from '../domain/backoff.ts';
import {partitions} from '../domain/pseudonym.ts';
import {startDeadline} from '../store/deadline.ts';
import type {Holding} from '../store/holding.ts';
import type {RecipientName} from '../store/memory-holdings.ts';
import type {RedisHandover} from '../store/redis-handover.ts';
import {StoreError} from '../store/store.ts';
import type {FallbackStore, SendResult} from './fallback-store.ts';
import type {PartBreakers} from './part-breakers.ts';

export interface RecoveryOptions {
  readonly instance: string;
  readonly fallback: FallbackStore;
  readonly breakers: Pick<PartBreakers, 'isOpen' | 'partOf' | 'partitionsOf' | 'run'>;
  readonly handover: Pick<RedisHandover, 'adoption'>;
  /** How long a request waits for its recipient to be brought back: what is brought back in time takes milliseconds. @default 500 */
  readonly patienceMs?: number;
  /** Hears of a recipient that is served here no more, though nobody knows whether it has arrived. @default nobody */
  readonly onUnsettled?: (name: RecipientName) => void;
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
const retry = {firstMs: 100, maxMs: 500};

/** Brings what this process holds back to the store, as soon as the part of the store is there that it belongs to. */
export class Recovery {
  readonly #options: RecoveryOptions;
  readonly #stopping = new AbortController();
  #running: Promise<void> = Promise.resolve();
  /** The rounds that are under way, by the part of the store that they go to. */
  readonly #rounds = new Map<string, Promise<void>>();
  /** Why a part has refused something in its round. */
  readonly #refusals = new Map<string, string>();
  /** Rounds in a row in which a part has taken nothing. */
  readonly #refusedRounds = new Map<string, number>();

  constructor(options: RecoveryOptions) {
    this.#options = options;
  }

  start(): void {
    this.#running = this.#run();
  }

  /** Ends what is under way: one that nobody knows the end of is sent once more, then given up, and served here no more. */
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
    // What is asked afterwards needs time too.
    const {patienceMs = 500} = this.#options;
    const waitMs = Math.min(patienceMs, startDeadline(Number.POSITIVE_INFINITY).leftMs() / 2);
    const patience = delay(waitMs, undefined, {signal: ended.signal}).catch(() => {});
    await Promise.race([this.bring(name), patience]);
    ended.abort();
  }

  async #run(): Promise<void> {
    const {fallback, breakers} = this.#options;
    while (!this.#stopping.signal.aborted) {
      // By partition, of which there are few: what is held is looked through only if some of it can go.
      const there = partitions.filter((partition) => !breakers.isOpen(partition));
      const parts = new Map(there.map((partition) => [partition, breakers.partOf(partition)]));
      for (const [partition, part] of parts) if (this.#rounds.has(part)) parts.delete(partition);
      const waiting = parts.size === 0 ? [] : fallback.recipients().filter(({partition}) => parts.has(partition));
      for (const [part, recipients] of Map.groupBy(waiting, ({partition}) => parts.get(partition) ?? '')) {
        const round = this.#round(part, recipients).finally(() => this.#rounds.delete(part));
        this.#rounds.set(part, round);
      }
      await this.#pause(pollMs);
    }
    await Promise.all(this.#rounds.values());
  }

  /** What is to go to one part of the store: what holds it up there keeps nothing from the other parts. */
  async #round(part: string, waiting: RecipientName[]): Promise<void> {
    const {fallback, breakers, log} = this.#options;
    let taken = 0;
    this.#refusals.delete(part);
    await Promise.all(
      Array.from({length: concurrent}, async () => {
        for (let next = waiting.pop(); next !== undefined && !this.#ends(next); next = waiting.pop()) {
          if ((await this.bring(next)) === 'taken') taken++;
        }
      }),
    );
    // By partition, of which there are few: with 100,000 recipients it held a process up for 50 ms.
    const its = new Set(breakers.partitionsOf(part));
    const left = fallback.recipients().filter(({partition}) => its.has(partition)).length;
    const reason = this.#refusals.get(part);
    // Fewer need not be left: while one of unknown outcome was waited for, others came.
    if (taken > 0) {
      this.#refusedRounds.delete(part);
      log.info({part, recipients: taken, left}, 'brought recipients back to the store');
    } else if (reason !== undefined && !this.#stopping.signal.aborted) {
      log.error({part, recipients: left, reason}, 'the store takes back nothing of what is held');
      const refusedRounds = this.#refusedRounds.get(part) ?? 0;
      this.#refusedRounds.set(part, refusedRounds + 1);
      await this.#pause(backoffMs(refusedRounds, refused));
    }
  }

  #ends({partition}: RecipientName): boolean {
    return this.#stopping.signal.aborted || this.#options.breakers.isOpen(partition);
  }

  /** Sends the same again and again once nobody knows whether it has arrived: the store tells a repetition. */
  async #send(holding: Holding, sequence: number): Promise<SendResult> {
    const {instance, breakers, handover, onUnsettled = () => {}, log} = this.#options;
    const {partition} = holding;
    const {signal} = this.#stopping;
    if (signal.aborted) return 'refused';
    const adoption = handover.adoption(holding, instance, sequence);
    for (let attempt = 0; ; attempt++) {
      const wasInDoubt = adoption.inDoubt;
      // The last one is sent to a store, too, that counts as away: it may have come back.
      const isLast = signal.aborted;
      try {
        const adopted = await (isLast ? adoption.send() : breakers.run(partition, () => adoption.send()));
        if (adopted === 'codes_lost')
          log.error('the codes of a recipient are lost: the store may have taken them over before it lost data');
        // Whoever holds it for away looks for nothing there.
        if (breakers.isOpen(partition)) onUnsettled(holding);
        return 'taken';
      } catch (error) {
        if (!(error instanceof StoreError)) log.error({err: error}, 'a recipient cannot be brought back to the store');
        const reason = error instanceof Error ? error.message : String(error);
        if (!adoption.inDoubt) {
          // What is not asked has refused nothing.
          if (!breakers.isOpen(partition)) this.#refusals.set(breakers.partOf(partition), reason);
          return 'refused';
        }
        if (!wasInDoubt)
          log.warn({reason}, 'a recipient may have reached the store or not: sending it again until it is known');
      }
      if (isLast) {
        onUnsettled(holding);
        return 'unknown';
      }
      await this.#pause(backoffMs(attempt, retry));
    }
  }

  async #pause(ms: number): Promise<void> {
    await delay(ms, undefined, {signal: this.#stopping.signal, ref: false}).catch(() => {});
  }
}
