import type {Outbox} from '../delivery/outbox.ts';
import {MemoryOutbox} from '../store/memory-outbox.ts';
import type {RedisHandover} from '../store/redis-handover.ts';
import type {Store} from '../store/store.ts';
import type {FallbackStore} from './fallback-store.ts';

export interface FallbackOutboxOptions {
  readonly fallback: FallbackStore;
  /** Finds a verification wherever it is. */
  readonly store: Pick<Store, 'read'>;
  readonly handover: Pick<RedisHandover, 'note'>;
}

/** The outbox of what this process holds. A message that a worker has in hand stays with it when its verification goes. */
export function fallbackOutbox({fallback, store, handover}: FallbackOutboxOptions): Outbox {
  return new MemoryOutbox({
    queue: fallback.queue,
    store: {
      read: (address) => store.read(address),
      async settle(message, result) {
        if (!(await fallback.settle(message, result))) await handover.note(message, result);
      },
    },
  });
}
