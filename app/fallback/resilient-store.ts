import type {Draft, DraftStore} from '../store/draft.ts';
import {
  type Address,
  type CreateOutcome,
  type Idempotency,
  type NewVerification,
  type Store,
  StoreError,
  StoreUndecided,
} from '../store/store.ts';
import type {FallbackStore} from './fallback-store.ts';
import {type Peer, type Peers, rank} from './peers.ts';

export interface ResilientStoreOptions {
  readonly instance: string;
  /** What this process can do by itself. */
  readonly own: Store;
  readonly fallback: FallbackStore;
  readonly peers: Peers;
  /** How long an operation may take, its ways over peers included. */
  readonly deadlineMs: number;
}

/** An operation on one verification, at whatever store is asked. */
type Run<Outcome> = (store: Store) => Promise<Outcome>;
type MaybeFound = {readonly kind: string};

/**
 * The store as the use cases see it, whatever is away: first the store that all share; then a peer that reaches it; then,
 * for new verifications only, the memory of one process, chosen by the recipient. A verification is never guessed at: who
 * cannot ask the one place where it is says so. An operation that may have taken effect somewhere is sent nowhere else,
 * but for a creation, which is finished in memory with the same code.
 */
export class ResilientStore implements DraftStore {
  readonly #options: ResilientStoreOptions;

  constructor(options: ResilientStoreOptions) {
    this.#options = options;
  }

  async create(draft: Draft, idempotency?: Idempotency): Promise<CreateOutcome> {
    const deadline = startDeadline(this.#options.deadlineMs);
    const {address, verification} = draft.addressTo();
    try {
      const outcome = await this.#shared(address, deadline, (store) =>
        store.create(address, verification, idempotency),
      );
      this.#refuseCopy(address, outcome);
      return outcome;
    } catch (error) {
      if (!(error instanceof StoreError) || error instanceof NotElsewhere) throw error;
      const doubt = {storeMayHaveCopy: error.effect !== 'not_executed'};
      // What a peer may have done, no other peer is asked for.
      if (error instanceof PeerInDoubt) return this.#keep(draft, doubt, idempotency);
      return this.#place(draft, doubt, idempotency, deadline);
    }
  }

  check(address: Address, ...args: Rest<Store['check']>) {
    return this.#onOne(address, (store) => store.check(address, ...args));
  }

  resend(address: Address, ...args: Rest<Store['resend']>) {
    return this.#onOne(address, (store) => store.resend(address, ...args));
  }

  cancel(address: Address) {
    return this.#onOne(address, (store) => store.cancel(address));
  }

  read(address: Address) {
    return this.#onOne(address, (store) => store.read(address));
  }

  async unlock(partition: number, recipientTags: readonly string[]): Promise<void> {
    await this.#everywhere((store) => store.unlock(partition, recipientTags));
  }

  async erase(partition: number, recipientTags: readonly string[]): Promise<number> {
    const counts = await this.#everywhere((store) => store.erase(partition, recipientTags));
    return counts.reduce((sum, count) => sum + count, 0);
  }

  ping(): Promise<void> {
    return this.#options.own.ping();
  }

  /** What the store has, or has to get: asked by this process, or by a peer that reaches the store. */
  async #shared<Outcome>({recipientTag}: Address, deadline: Deadline, run: Run<Outcome>): Promise<Outcome> {
    const {own, peers} = this.#options;
    try {
      return await run(own);
    } catch (error) {
      // What the store does not know yet, no peer hears from it.
      if (!isCertain(error) || error instanceof StoreUndecided) throw error;
      for (const peer of ranked(recipientTag, peers.ready()).filter(({reachesStore}) => reachesStore)) {
        const outcome = await askPeer(peer, deadline, run);
        if (outcome !== undefined) return outcome;
      }
      throw error;
    }
  }

  /** In the memory of the first process, in the recipient's order, that takes it. */
  async #place(
    draft: Draft,
    doubt: Pick<NewVerification, 'storeMayHaveCopy'>,
    idempotency: Idempotency | undefined,
    deadline: Deadline,
  ): Promise<CreateOutcome> {
    const {instance, peers} = this.#options;
    const ready = peers.ready();
    let refusal = new StoreError('not_executed', 'no process takes the verification');
    for (const owner of rank(draft.recipientTag, [instance, ...ready.map((peer) => peer.instance)])) {
      if (owner === instance) return this.#keep(draft, doubt, idempotency);
      const peer = ready.find((each) => each.instance === owner);
      if (peer === undefined) continue;
      try {
        const {address, verification} = draft.addressTo(owner);
        return await peer.store(deadline.leftMs()).create(address, {...verification, ...doubt}, idempotency);
      } catch (error) {
        if (!isCertain(error)) throw error;
        refusal = error;
      }
    }
    throw refusal;
  }

  /** In the memory of this process. */
  #keep(
    draft: Draft,
    doubt: Pick<NewVerification, 'storeMayHaveCopy'>,
    idempotency: Idempotency | undefined,
  ): Promise<CreateOutcome> {
    const {address, verification} = draft.addressTo(this.#options.instance);
    return this.#options.own.create(address, {...verification, ...doubt}, idempotency);
  }

  async #onOne<Outcome extends MaybeFound>(address: Address, run: Run<Outcome>): Promise<Outcome> {
    const {instance, own, fallback, peers} = this.#options;
    const {owner} = address;
    const deadline = startDeadline(this.#options.deadlineMs);
    if (owner === undefined || owner === instance) return this.#shared(address, deadline, run);
    if (fallback.holds(address)) return run(own);
    const peer = peers.find(owner);
    if (peer === undefined) return this.#afterItsOwner(address, deadline, run, await peers.isGone(owner));
    const outcome = await askPeer(peer, deadline, run);
    if (outcome !== undefined && outcome.kind !== 'not_found') return outcome;
    return this.#afterItsOwner(address, deadline, run, outcome !== undefined);
  }

  /** Its owner does not have it or cannot be asked: it may have gone to the store, or to a peer when its owner stopped. */
  async #afterItsOwner<Outcome extends MaybeFound>(
    address: Address,
    deadline: Deadline,
    run: Run<Outcome>,
    isGone: boolean,
  ): Promise<Outcome> {
    const {own, peers} = this.#options;
    let doubt = isGone
      ? undefined
      : new StoreError('not_executed', 'the process that holds the verification is out of reach');
    let nowhere: Outcome | undefined;
    const ask = async (store: Store): Promise<Outcome | StoreError> => {
      try {
        return await run(store);
      } catch (error) {
        if (!isCertain(error)) throw error;
        return error;
      }
    };
    const mine = await ask(own);
    if (mine instanceof StoreError || mine.kind === 'not_found') {
      if (!(mine instanceof StoreError)) nowhere = mine;
    } else return mine;
    const others = peers.ready().filter(({instance}) => instance !== address.owner);
    for (const peer of ranked(address.recipientTag, others)) {
      const theirs = await ask(peer.store(deadline.leftMs()));
      if (theirs instanceof StoreError) doubt = theirs;
      else if (theirs.kind === 'not_found') nowhere = theirs;
      else return theirs;
    }
    // Who says "not found" has looked into the store as well.
    if (nowhere !== undefined && doubt === undefined) return nowhere;
    throw doubt ?? mine;
  }

  /** On a recipient wherever something of it may be. */
  async #everywhere<T>(run: Run<T>): Promise<T[]> {
    const deadline = startDeadline(this.#options.deadlineMs);
    const holders = this.#options.peers.ready().filter(({holds}) => holds);
    return [
      await this.#shared({id: '', partition: 0, recipientTag: '', tag: ''}, deadline, run),
      ...(await Promise.all(holders.map((peer) => run(peer.store(deadline.leftMs()))))),
    ];
  }

  /** A repetition must not bring to light what stands for the same code under an id of its own, until that is ended. */
  #refuseCopy({id}: Address, outcome: CreateOutcome): void {
    if (outcome.kind !== 'created' || outcome.id === id) return;
    const {fallback, peers} = this.#options;
    if (fallback.holdsCopies || peers.ready().some(({holdsCopies}) => holdsCopies))
      throw new NotElsewhere('not_executed', 'the answer to this request is on its way back to the store');
  }
}

type Rest<Operation> = Operation extends (address: Address, ...args: infer Args) => unknown ? Args : never;

/** What is finished nowhere else. */
class NotElsewhere extends StoreError {}

/** What a peer was asked for in the store, and may have done. */
class PeerInDoubt extends StoreError {}

interface Deadline {
  leftMs(): number;
}

function startDeadline(ms: number): Deadline {
  const endsAt = performance.now() + ms;
  return {leftMs: () => Math.max(0, Math.floor(endsAt - performance.now()))};
}

function ranked(recipientTag: string, peers: readonly Peer[]): Peer[] {
  const order = rank(
    recipientTag,
    peers.map(({instance}) => instance),
  );
  return order.flatMap((instance) => peers.find((peer) => peer.instance === instance) ?? []);
}

/** Undefined if the peer has certainly done nothing. */
async function askPeer<Outcome>(peer: Peer, deadline: Deadline, run: Run<Outcome>): Promise<Outcome | undefined> {
  try {
    return await run(peer.store(deadline.leftMs()));
  } catch (error) {
    if (isCertain(error)) return undefined;
    throw error instanceof StoreError ? new PeerInDoubt(error.effect, error.message, error) : error;
  }
}

function isCertain(error: unknown): error is StoreError {
  return error instanceof StoreError && error.effect === 'not_executed';
}
