import type {Snapshot} from '../domain/verification.ts';
import {type Effect, type Store, StoreError} from './store.ts';

/** Hears of every operation of a store. */
export interface StoreObserver {
  took(operation: keyof Store, seconds: number): void;
  failed(operation: keyof Store, effect: Effect): void;
  /** An operation met a verification that is lost because another server has taken over. */
  lost(): void;
}

/** The same store, observed. */
export function measured(store: Store, observer: StoreObserver): Store {
  const wrap =
    <Args extends unknown[], Result>(operation: keyof Store, run: (...args: Args) => Promise<Result>) =>
    (...args: Args): Promise<Result> => {
      const start = performance.now();
      const took = () => observer.took(operation, (performance.now() - start) / 1000);
      return run(...args).then(
        (outcome) => {
          took();
          if (isLost(outcome)) observer.lost();
          return outcome;
        },
        (error) => {
          took();
          observer.failed(operation, error instanceof StoreError ? error.effect : 'unknown');
          throw error;
        },
      );
    };
  return {
    create: wrap('create', store.create.bind(store)),
    check: wrap('check', store.check.bind(store)),
    resend: wrap('resend', store.resend.bind(store)),
    cancel: wrap('cancel', store.cancel.bind(store)),
    read: wrap('read', store.read.bind(store)),
    unlock: wrap('unlock', store.unlock.bind(store)),
    erase: wrap('erase', store.erase.bind(store)),
    ping: wrap('ping', store.ping.bind(store)),
  };
}

function isLost(outcome: unknown): boolean {
  return (
    typeof outcome === 'object' &&
    outcome !== null &&
    'snapshot' in outcome &&
    (outcome.snapshot as Snapshot).status === 'lost'
  );
}
