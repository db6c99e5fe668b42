import {setTimeout as delay} from 'node:timers/promises';
import {backoffMs} from '../domain/backoff.ts';
import {startDeadline, within} from './deadline.ts';
import {type Store, StoreError} from './store.ts';

export interface RetryOptions {
  /** How long an operation may take in all; the deadline that it is under may end before. */
  readonly deadlineMs: number;
  /** Whether asking again about this partition is of no use now; `inDoubt` if an attempt may have done it. @default never */
  readonly giveUp?: (partition: number, inDoubt: boolean) => boolean;
  /** From 0 to 1; @default Math.random */
  readonly random?: () => number;
}

const pauses = {firstMs: 20, maxMs: 400};

/** When an operation may be sent again. */
type Repeatable =
  /** It changes nothing, or comes to the same whether done once or twice, or the store knows a repetition by its key. */
  | 'always'
  /** Only where nothing can have happened. */
  | 'if_not_executed';

/**
 * The same store, asked again within a deadline while it cannot do its work, after pauses of full jitter. What may have
 * happened is never sent again blindly: with an idempotency key the store's own record tells what became of it, without
 * one the caller is told that nobody knows. No operation takes longer than the deadline, whatever the store does.
 */
export function retrying(store: Store, {deadlineMs, giveUp = () => false, random = Math.random}: RetryOptions): Store {
  async function attempt<Result>(
    partition: number,
    repeatable: Repeatable,
    run: () => Promise<Result>,
  ): Promise<Result> {
    const deadline = startDeadline(deadlineMs);
    let doubt: StoreError | undefined;
    for (let tries = 0; ; tries++) {
      try {
        return await within(deadline, run);
      } catch (error) {
        if (!(error instanceof StoreError)) throw error;
        if (error.effect !== 'not_executed') {
          doubt ??= error;
          if (repeatable === 'if_not_executed') throw error;
        }
        const pauseMs = backoffMs(tries, pauses, random);
        // What an attempt before may have done, the last one, which did nothing, does not undo.
        if (giveUp(partition, doubt !== undefined) || pauseMs >= deadline.leftMs()) throw doubt ?? error;
        await pause(pauseMs, deadline.signal);
      }
    }
  }
  const withKey = (key: object | undefined): Repeatable => (key === undefined ? 'if_not_executed' : 'always');
  return {
    create: (address, verification, idempotency) =>
      attempt(address.partition, withKey(idempotency), () => store.create(address, verification, idempotency)),
    check: (address, presented, limits, idempotency) =>
      attempt(address.partition, withKey(idempotency), () => store.check(address, presented, limits, idempotency)),
    resend: (address, resend, idempotency) =>
      attempt(address.partition, withKey(idempotency), () => store.resend(address, resend, idempotency)),
    cancel: (address) => attempt(address.partition, 'always', () => store.cancel(address)),
    read: (address) => attempt(address.partition, 'always', () => store.read(address)),
    unlock: (partition, tags) => attempt(partition, 'always', () => store.unlock(partition, tags)),
    erase: (partition, tags) => attempt(partition, 'always', () => store.erase(partition, tags)),
    // Whoever asks whether the store is there wants to hear what is so now.
    ping: () => store.ping(),
  };
}

async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  await delay(ms, undefined, signal === undefined ? {} : {signal}).catch(() => {});
}
