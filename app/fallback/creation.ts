import {setTimeout as delay} from 'node:timers/promises';
import {type Deadline, startDeadline, under} from '../store/deadline.ts';
import type {Draft} from '../store/draft.ts';
import {
  AnswerOnItsWay,
  type CreateOutcome,
  type Idempotency,
  isCertain,
  RecipientGone,
  type Store,
  StoreError,
  StorePartMoving,
} from '../store/store.ts';
import type {CreateHeld, Elsewhere, OnItsWay} from './create-held.ts';
import type {FallbackStore} from './fallback-store.ts';
import type {PartBreakers} from './part-breakers.ts';
import {type Peer, type Peers, rank, ranked, reachingStore} from './peers.ts';

export interface CreationOptions {
  readonly instance: string;
  /** What this process can do by itself. */
  readonly own: Store;
  readonly createHeld: CreateHeld;
  readonly breakers: Pick<PartBreakers, 'isOpen' | 'reachedAt'>;
  readonly fallback: FallbackStore;
  readonly peers: Peers;
  /** Whether this process is about to end: then it takes what no other one does. @default never */
  readonly isLeaving?: () => boolean;
  /** How long an operation may take, its ways over peers included. */
  readonly deadlineMs: number;
}

/** What memory needs of the deadline when the store has not told what became of a creation. */
const memoryShare = 0.4;
/** What peers that hold recipients may take of the deadline to say whether it is one of theirs. */
const heldShare = 0.2;
/** What each of them may take of what is left of that: one that says nothing keeps nobody from asking the others. */
const holderShare = 0.8;
/** What a recipient of this process' own, which is on its way, may take of it. */
const ownHeldShare = 0.3;
/** How often each way to the store is asked what became of a creation. */
const askings = 4;
const pauseMs = 40;
const longestPauseMs = 640;

/**
 * A new verification: in the store, by whichever process reaches it, or else in the memory of one process. The store makes
 * it once, whoever asks; so where nobody knows what became of it the same is asked for again, by another way first. Only
 * if no way tells, memory finishes it with the same code.
 */
export class Creation {
  readonly #options: CreationOptions;

  constructor(options: CreationOptions) {
    this.#options = options;
  }

  create(draft: Draft, idempotency?: Idempotency): Promise<CreateOutcome> {
    const deadline = startDeadline(this.#options.deadlineMs);
    return under(deadline, () => this.#create(draft, idempotency, deadline));
  }

  async #create(draft: Draft, idempotency: Idempotency | undefined, deadline: Deadline): Promise<CreateOutcome> {
    const before = this.#options.peers.ready();
    const held = await this.#whereHeld(draft, idempotency);
    if (held.kind === 'on_its_way') throw new AnswerOnItsWay();
    if (held.kind !== 'elsewhere') return held;
    const stored = await this.#inStore(draft, idempotency, deadline);
    if (stored.kind === 'nowhere') {
      const mayHaveCopy = stored.storeMayHaveCopy || held.isInDoubt;
      return this.#inMemory(draft, before, mayHaveCopy, idempotency, deadline);
    }
    // A repetition must not bring to light what stands for the same code under an id of its own, until that is ended.
    if (held.mayHaveCopy && stored.kind === 'created' && stored.id !== draft.addressTo().address.id)
      throw new AnswerOnItsWay();
    return stored;
  }

  /**
   * Beside what a process holds of the recipient. `mayHaveCopy`: one that may hold what the store has a copy of did not say.
   * `isInDoubt`: one may have taken this very verification and did not say.
   */
  async #whereHeld(
    draft: Draft,
    idempotency: Idempotency | undefined,
  ): Promise<CreateOutcome | OnItsWay | (Elsewhere & {readonly mayHaveCopy: boolean; readonly isInDoubt: boolean})> {
    let mayHaveCopy = false;
    let isInDoubt = false;
    for (const holder of this.#holders(draft)) {
      const {address, verification} = draft.addressTo(holder.instance);
      try {
        const outcome = await holder.create(address, verification, idempotency);
        if (outcome.kind !== 'elsewhere') return outcome;
      } catch (error) {
        if (!(error instanceof StoreError)) throw error;
        mayHaveCopy ||= holder.holdsCopies;
        isInDoubt ||= !isCertain(error);
      }
    }
    return {kind: 'elsewhere', mayHaveCopy, isInDoubt};
  }

  /**
   * Processes that may hold something of the recipient. One that is about to end is in no order any more and is asked before those
   * that it may hand it to: it answers once it has.
   */
  *#holders(draft: Draft): Iterable<{instance: string; holdsCopies: boolean; create: CreateHeld}> {
    const {instance, createHeld, fallback, peers, deadlineMs} = this.#options;
    const before = peers.ready();
    const mine = {
      instance,
      holdsCopies: fallback.holdsCopies,
      create: (...args: Parameters<CreateHeld>) =>
        under(startDeadline(deadlineMs * ownHeldShare), () => createHeld(...args)),
    };
    let deadline = startDeadline(deadlineMs * heldShare);
    const toHolder = (peer: Peer) => ({
      instance: peer.instance,
      holdsCopies: peer.holdsCopies,
      create: peer.createHeld(deadline.leftMs() * holderShare),
    });
    // Who has one in the place of another, that said nothing, knows what the caller was told.
    for (const peer of [...peers.unreadyHolders(), ...peers.ready()]) if (peer.holdsPeerCopies) yield toHolder(peer);
    if (fallback.holdsRecipient(draft)) {
      yield mine;
      deadline = startDeadline(deadlineMs * heldShare);
    }
    for (const peer of peers.unreadyHolders()) if (peer.holds) yield toHolder(peer);
    // Only now: one that is about to end may have handed the recipient to one of these, or to this process, before it answered.
    if (fallback.holdsRecipient(draft)) yield mine;
    for (const peer of this.#mayHold(draft)) if (peer.holds) yield toHolder(peer);
    // One that has begun to leave meanwhile may have handed it to one that had been asked by then.
    if (goneFrom(before, peers.ready()).some(({holds}) => holds)) yield* this.#holders(draft);
  }

  #mayHold(draft: Draft): Peer[] {
    const {breakers, peers} = this.#options;
    const {partition, recipientTag} = draft;
    const ready = peers.ready();
    const nobodyReachesStore = breakers.isOpen(partition) && !ready.some((peer) => peer.reaches(partition));
    return nobodyReachesStore ? this.#mayHoldByOrder(draft, ready) : ranked(recipientTag, ready);
  }

  /**
   * While nobody reaches the store the recipient's order says who holds it: the first, and nobody has to be asked, if that one has
   * been there since before. One that has joined meanwhile, this process included, knows nothing of what others hold whose
   * turn it was until then: those are asked too, down to the first that has been there all the time.
   */
  #mayHoldByOrder({partition, recipientTag}: Draft, ready: readonly Peer[]): Peer[] {
    const {instance, breakers} = this.#options;
    const readyAt = new Map([[instance, 0], ...ready.map((peer) => [peer.instance, peer.readyAt] as const)]);
    const order = this.#order(recipientTag, ready);
    const first = order.findIndex((each) => (readyAt.get(each) ?? 0) <= breakers.reachedAt(partition));
    if (first === 0) return [];
    const others = first === -1 ? order : order.slice(0, first + 1);
    return others.flatMap((each) => ready.find((peer) => peer.instance === each) ?? []);
  }

  /** All that may hold the recipient, in the order in which they are to. The others do not count on one that is about to end. */
  #order(recipientTag: string, ready: readonly Peer[]): string[] {
    const {instance, isLeaving = () => false} = this.#options;
    const others = ready.map((peer) => peer.instance);
    return isLeaving() ? [...rank(recipientTag, others), instance] : rank(recipientTag, [instance, ...others]);
  }

  async #inStore(
    draft: Draft,
    idempotency: Idempotency | undefined,
    deadline: Deadline,
  ): Promise<CreateOutcome | {readonly kind: 'nowhere'; readonly storeMayHaveCopy: boolean}> {
    const {own, peers, deadlineMs} = this.#options;
    const {address, verification} = draft.addressTo();
    const inTime = startDeadline(deadline.leftMs() - deadlineMs * memoryShare);
    let storeMayHaveCopy = false;
    let moving: StorePartMoving | undefined;
    const ask = async (creating: Promise<CreateOutcome>): Promise<CreateOutcome | undefined> => {
      try {
        return await creating;
      } catch (error) {
        if (!(error instanceof StoreError)) throw error;
        storeMayHaveCopy ||= !isCertain(error);
        if (error instanceof StorePartMoving) moving = error;
        return undefined;
      }
    };
    const askOwn = () => ask(under(inTime, () => own.create(address, verification, idempotency)));
    let outcome = await askOwn();
    for (let asking = 1; outcome === undefined; asking++) {
      for (const peer of reachingStore(draft, peers)) {
        // The next one needs time too.
        const peerMs = Math.floor(inTime.leftMs() / 2);
        if (peerMs > 0) outcome = await ask(peer.store(peerMs).create(address, verification, idempotency));
        if (outcome !== undefined) return outcome;
      }
      // It is there, and may have answered a request that comes again: what has a key is not made elsewhere.
      const waits = moving !== undefined && idempotency !== undefined;
      const isOver = (asking >= askings && !waits) || inTime.leftMs() <= 0;
      if (isOver && waits && !storeMayHaveCopy) throw moving;
      if (isOver || !(storeMayHaveCopy || waits)) return {kind: 'nowhere', storeMayHaveCopy};
      await delay((0.5 + Math.random() / 2) * Math.min(pauseMs * 2 ** asking, longestPauseMs, inTime.leftMs()));
      outcome = await askOwn();
    }
    return outcome;
  }

  /**
   * In the memory of the first process, in the recipient's order, that takes it. One that may have taken it and does not say
   * so keeps nobody waiting: the next one takes it and notes that there may be a copy, which ends when the two meet.
   */
  async #inMemory(
    draft: Draft,
    before: readonly Peer[],
    isInDoubt: boolean,
    idempotency: Idempotency | undefined,
    deadline: Deadline,
  ): Promise<CreateOutcome> {
    const {own, peers} = this.#options;
    // One that has begun to leave meanwhile has its turn, too: it may hold the recipient.
    const now = peers.ready();
    const ready = [...now, ...goneFrom(before, now)];
    let mayHaveCopy = isInDoubt;
    let peerMayHaveCopy = false;
    let failure = new StoreError('not_executed', 'no process takes the verification');
    for (const owner of this.#order(draft.recipientTag, ready)) {
      const {address, verification} = draft.addressTo(owner);
      const peer = ready.find((each) => each.instance === owner);
      // The next one needs time too.
      const inTime = startDeadline(deadline.leftMs() / 2);
      const store = peer?.store(inTime.leftMs()) ?? own;
      const about = {...verification, storeMayHaveCopy: mayHaveCopy, peerMayHaveCopy};
      try {
        return await under(inTime, () => store.create(address, about, idempotency));
      } catch (error) {
        if (!(error instanceof StoreError)) throw error;
        // Whoever has let it go knows the way there.
        if (error instanceof RecipientGone)
          return this.#whereItHasGone(peer?.store(deadline.leftMs()) ?? own, draft, idempotency);
        if (error instanceof AnswerOnItsWay) throw error;
        if (!isCertain(error)) mayHaveCopy = peerMayHaveCopy = true;
        if (isCertain(failure)) failure = error;
      }
    }
    // What the store or a peer may have done, no later refusal undoes.
    throw mayHaveCopy && isCertain(failure) ? new StoreError('unknown', failure.message, failure) : failure;
  }

  /** The store is back, and knows the recipient, and what was answered to the request if that has come again. */
  #whereItHasGone(store: Store, draft: Draft, idempotency: Idempotency | undefined): Promise<CreateOutcome> {
    const {address, verification} = draft.addressTo();
    return store.create(address, verification, idempotency);
  }
}

/** Those of `before` that are not among those of `now`. */
function goneFrom(before: readonly Peer[], now: readonly Peer[]): Peer[] {
  return before.filter(({instance}) => !now.some((each) => each.instance === instance));
}
