import type {Logger} from 'pino';
import type {Outbox} from '../delivery/outbox.ts';
import type {DraftStore} from '../store/draft.ts';
import type {RedisHandover} from '../store/redis-handover.ts';
import {retrying} from '../store/retrying-store.ts';
import type {Store} from '../store/store.ts';
import {fallbackOutbox} from './fallback-outbox.ts';
import {FallbackStore} from './fallback-store.ts';
import {ownPart} from './own-part.ts';
import {noPeers, type Peers} from './peers.ts';
import {Recovery} from './recovery.ts';
import {ResilientStore} from './resilient-store.ts';
import {StoreBreaker, throughBreaker} from './store-breaker.ts';

export interface FallbackOptions {
  /** Names this process; see `createInstance`. */
  readonly instance: string;
  /** The store that all processes share. */
  readonly shared: Store;
  readonly handover: RedisHandover;
  /** How long an operation may take, its ways over peers included. */
  readonly deadlineMs: number;
  readonly log: Logger;
}

/** What stands in for a store that is away. */
export interface Fallback {
  readonly store: DraftStore;
  /** The messages of what this process holds. */
  readonly outbox: Outbox;
  /** Whether the store counts as away. */
  readonly isOpen: boolean;
  /** Whether it stands in for the store, or still holds what has to go there. */
  readonly isActive: boolean;
  /** Verifications that this process holds. */
  readonly size: number;
  /** Ends its work; what it still holds is gone with the process. */
  stop(): Promise<void>;
}

/** Puts the parts of the fallback together, and starts to watch the store. */
export function openFallback({instance, shared, handover, deadlineMs, log}: FallbackOptions): Fallback {
  const peers: Peers = noPeers;
  const breaker = new StoreBreaker({
    probe: () => handover.probe(),
    onChange(isOpen, reason) {
      if (isOpen) log.error({reason}, 'the store is away: new verifications are held in memory');
      else log.info({held: fallback.size}, 'the store is back: what is held in memory goes there');
    },
  });
  const fallback = new FallbackStore({processes: () => peers.ready().length + 1});
  const recovery = new Recovery({instance, fallback, breaker, handover, log});
  const guarded = throughBreaker(shared, breaker);
  const own = ownPart({
    instance,
    // A creation is not tried again: memory takes it at once.
    shared: {...retrying(guarded, {deadlineMs, giveUp: () => breaker.isOpen}), create: guarded.create},
    breaker,
    fallback,
    recovery,
  });
  const store = new ResilientStore({instance, own, fallback, peers, deadlineMs});
  breaker.start();
  recovery.start();
  return {
    store,
    outbox: fallbackOutbox({fallback, store: own, handover}),
    get isOpen() {
      return breaker.isOpen;
    },
    get isActive() {
      return breaker.isOpen || !fallback.isEmpty;
    },
    get size() {
      return fallback.size;
    },
    async stop() {
      await recovery.stop();
      await breaker.stop();
    },
  };
}
