import {AsyncLocalStorage} from 'node:async_hooks';
import {StoreError} from './store.ts';

/** When an operation is to be over, its ways over peers included. */
export interface Deadline {
  /** By `performance.now()`. */
  readonly endsAt: number;
  /** Aborted when whoever asked waits no more. @default never */
  readonly signal?: AbortSignal;
  /** 0 once it is over, or nobody waits any more. */
  leftMs(): number;
}

const ofOperation = new AsyncLocalStorage<Deadline>();

/** So long from now, but never later than the operation that is under way is to be over (`under`). */
export function startDeadline(ms: number, gone?: AbortSignal): Deadline {
  const whole = ofOperation.getStore();
  const endsAt = Math.min(performance.now() + ms, whole?.endsAt ?? Number.POSITIVE_INFINITY);
  const signal = gone ?? whole?.signal;
  return {
    endsAt,
    ...(signal === undefined ? {} : {signal}),
    leftMs: () => (signal?.aborted ? 0 : Math.max(0, Math.floor(endsAt - performance.now()))),
  };
}

/** Runs an operation, or a part of one. Every deadline that starts in it, in whatever store, ends by this one. */
export function under<Result>(deadline: Deadline, run: () => Promise<Result>): Promise<Result> {
  return ofOperation.run(deadline, run);
}

/** Rejects with `StoreError` once the time is over: `not_executed` if it was over before, so that nothing was begun. */
export function within<Result>(deadline: Deadline, run: () => Promise<Result>): Promise<Result> {
  if (deadline.leftMs() <= 0) return Promise.reject(new StoreError('not_executed', 'no time is left to ask'));
  const running = run();
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new StoreError('unknown', 'the store has not answered within the deadline')),
      deadline.endsAt - performance.now(),
    );
    running.then(
      (result) => {
        clearTimeout(timer);
        resolve(result);
      },
      (error) => {
        clearTimeout(timer);
        reject(error);
      },
    );
  });
}
