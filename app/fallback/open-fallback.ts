import type {Logger} from 'pino';
import type {Outbox} from '../delivery/outbox.ts';
import type {BudgetTimings} from '../domain/failure-budget.ts';
import {startDeadline, within} from '../store/deadline.ts';
import type {DraftStore} from '../store/draft.ts';
import {HeapRoom} from '../store/heap-room.ts';
import type {RecipientName} from '../store/memory-holdings.ts';
import type {RedisHandover} from '../store/redis-handover.ts';
import {retrying} from '../store/retrying-store.ts';
import {type Store, StoreError} from '../store/store.ts';
import {createHeld} from './create-held.ts';
import {fallbackOutbox} from './fallback-outbox.ts';
import {FallbackStore} from './fallback-store.ts';
import {leave} from './leave.ts';
import {ownPart} from './own-part.ts';
import {PartBreakers} from './part-breakers.ts';
import {noPeers, type PeerPart, type PeerStatus, type Peers} from './peers.ts';
import {reachOf} from './reach.ts';
import {Recovery} from './recovery.ts';
import {ResilientStore} from './resilient-store.ts';
import {throughBreakers} from './through-breakers.ts';

export interface FallbackOptions {
  /** Names this process; see `createInstance`. */
  readonly instance: string;
  /** The store that all processes share. */
  readonly shared: Store;
  readonly handover: RedisHandover;
  /** Has `listener` hear when a connection to the store is there again or a part of it is elsewhere, which is a reason to ask. @default nobody tells */
  readonly onConnected?: (listener: () => void) => void;
  /** @default none */
  readonly peers?: Peers;
  /** How long an operation may take, its ways over peers included. */
  readonly deadlineMs: number;
  /** @default defaultBudgetTimings */
  readonly timings?: BudgetTimings;
  /** The time between two probes of the store. @default 1000 */
  readonly probeEveryMs?: number;
  /** How long an operation waits for a recipient that is on its way. @default see `FallbackStoreOptions`, `RecoveryOptions` */
  readonly patienceMs?: number;
  /** How long a first creation in memory waits for peers to know of it. @default 200 */
  readonly tellMs?: number;
  readonly log: Logger;
}

/** What stands in for a store that is away. */
export interface Fallback {
  readonly store: DraftStore;
  /** The messages of what this process holds. */
  readonly outbox: Outbox;
  /** What this process does for a peer. */
  readonly part: PeerPart;
  /** Whether the store, or a part of it, counts as away. */
  readonly isOpen: boolean;
  /** Whether it stands in for the store, or still holds what has to go there. */
  readonly isActive: boolean;
  /** Verifications that this process holds. */
  readonly size: number;
  /** Takes on nothing more from peers. */
  startToLeave(): void;
  /** Hands over what it holds, within this time, and ends its work. */
  stop(withinMs: number): Promise<void>;
}

/** Puts the parts of the fallback together, and starts to watch the store. */
export function openFallback({
  instance,
  shared,
  handover,
  onConnected = () => {},
  peers = noPeers,
  deadlineMs,
  timings,
  probeEveryMs,
  patienceMs,
  tellMs = 200,
  log,
}: FallbackOptions): Fallback {
  const patience = patienceMs === undefined ? {} : {patienceMs};
  let isLeaving = false;
  const unsettled = new Set<string>();
  const onUnsettled = ({recipientTag}: RecipientName) => void unsettled.add(recipientTag);
  const breakers = new PartBreakers({
    parts: handover,
    ...(probeEveryMs === undefined ? {} : {probeEveryMs}),
    onChange({part, isAway, reason}) {
      handover.noteAway(part, isAway);
      if (isAway) log.error({part, reason}, 'the store is away: new verifications are held in memory');
      else log.info({part, held: fallback.size}, 'the store is back: what is held in memory goes there');
      // One that does not know who reaches the store would create in memory what the store may have already.
      void peers.tell(status(), tellMs);
    },
  });
  const status = (): PeerStatus => ({
    ...reachOf((partition) => breakers.isOpen(partition)),
    stopping: isLeaving,
    // Also of what it has handed over, as long as others do not find that.
    holds: !fallback.isEmpty || unsettled.size > 0,
    holdsCopies: fallback.holdsCopies,
    holdsPeerCopies: fallback.holdsPeerCopies,
  });
  const room = new HeapRoom();
  const fallback = new FallbackStore({
    processes: () => peers.ready().length + 1,
    takeRoom: () => room.take(),
    onHolding: () => peers.tell(status(), tellMs),
    ...(timings === undefined ? {} : {timings}),
    ...patience,
  });
  const recovery = new Recovery({instance, fallback, breakers, handover, onUnsettled, log, ...patience});
  const guarded = throughBreakers(shared, breakers);
  const peersReach = (partition: number) => peers.ready().some((peer) => peer.reaches(partition));
  const retried = retrying(guarded, {
    deadlineMs,
    // The connection that has left it in doubt tells no more: a peer has another.
    giveUp: (partition, inDoubt) => breakers.isOpen(partition) || (inDoubt && peersReach(partition)),
  });
  const parts = {
    instance,
    // A creation is not tried again here: see `creation.ts`.
    shared: {
      ...retried,
      create: (...args: Parameters<Store['create']>) =>
        within(startDeadline(deadlineMs), () => guarded.create(...args)),
    },
    breakers,
    fallback,
    recovery,
  };
  const own = ownPart(parts);
  const held = createHeld({...parts, isUnsettled: ({recipientTag}) => unsettled.has(recipientTag)});
  const store = new ResilientStore({
    instance,
    own,
    createHeld: held,
    breakers,
    fallback,
    peers,
    isLeaving: () => isLeaving,
    deadlineMs,
  });
  breakers.start();
  onConnected(() => breakers.probeSoon());
  recovery.start();
  return {
    store,
    outbox: fallbackOutbox({fallback, store: own, handover}),
    part: {
      store: ownPart({...parts, takesNew: () => !isLeaving}),
      createHeld: held,
      async adopt(holding) {
        if (isLeaving) throw new StoreError('not_executed', 'the process is about to end');
        await fallback.adopt(holding);
      },
      status,
    },
    get isOpen() {
      return breakers.isAnyOpen;
    },
    get isActive() {
      return breakers.isAnyOpen || !fallback.isEmpty;
    },
    get size() {
      return fallback.size;
    },
    startToLeave() {
      isLeaving = true;
      // Whoever does not know counts on it.
      void peers.tell(status(), tellMs);
    },
    async stop(withinMs) {
      const endsAt = performance.now() + withinMs;
      await recovery.stop();
      await leave({
        instance,
        fallback,
        breakers,
        handover,
        peers,
        onUnsettled,
        log,
        withinMs: endsAt - performance.now(),
      });
      await breakers.stop();
      room[Symbol.dispose]();
    },
  };
}
