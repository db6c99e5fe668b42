import {type Deadline, startDeadline, under, within} from '../store/deadline.ts';
import type {Draft, DraftStore} from '../store/draft.ts';
import type {RecipientName} from '../store/memory-holdings.ts';
import {
  type Address,
  type CreateOutcome,
  type Idempotency,
  isCertain,
  type Store,
  StoreError,
  StoreUndecided,
} from '../store/store.ts';
import {Creation, type CreationOptions} from './creation.ts';
import {type Peer, ranked, reachingStore} from './peers.ts';

/** An operation on one verification, at whatever store is asked. */
type Run<Outcome> = (store: Store) => Promise<Outcome>;
type MaybeFound = {readonly kind: string};

/**
 * The store as the use cases see it, whatever is away: first the store that all share; then a peer that reaches it; then,
 * for new verifications only, the memory of one process, chosen by the recipient. A verification is never guessed at: who
 * cannot ask the one place where it is says so. An operation that may have taken effect somewhere is sent nowhere else;
 * a creation, which may be, is the part of `creation.ts`.
 */
export class ResilientStore implements DraftStore {
  readonly #options: CreationOptions;
  readonly #creation: Creation;

  constructor(options: CreationOptions) {
    this.#options = options;
    this.#creation = new Creation(options);
  }

  create(draft: Draft, idempotency?: Idempotency): Promise<CreateOutcome> {
    return this.#creation.create(draft, idempotency);
  }

  check(address: Address, ...args: Rest<Store['check']>) {
    const [, , idempotency] = args;
    return this.#onOne(address, (store) => store.check(address, ...args), idempotency !== undefined);
  }

  resend(address: Address, ...args: Rest<Store['resend']>) {
    const [, idempotency] = args;
    return this.#onOne(address, (store) => store.resend(address, ...args), idempotency !== undefined);
  }

  cancel(address: Address) {
    return this.#onOne(address, (store) => store.cancel(address), true);
  }

  read(address: Address) {
    return this.#onOne(address, (store) => store.read(address), true);
  }

  async unlock(partition: number, recipientTags: readonly string[]): Promise<void> {
    const recipient = {partition, recipientTag: recipientTags[0] ?? ''};
    await this.#everywhere(recipient, (store) => store.unlock(partition, recipientTags));
  }

  async erase(partition: number, recipientTags: readonly string[]): Promise<number> {
    const recipient = {partition, recipientTag: recipientTags[0] ?? ''};
    const counts = await this.#everywhere(recipient, (store) => store.erase(partition, recipientTags));
    return counts.reduce((sum, count) => sum + count, 0);
  }

  ping(): Promise<void> {
    return this.#options.own.ping();
  }

  /**
   * What the store has: asked by this process, or by a peer that reaches the store. `isRepeatable`: it comes to the same
   * whether done once or twice, or the store knows a repetition, so that it may be asked for again by another way.
   */
  async #shared<Outcome>(
    recipient: RecipientName,
    deadline: Deadline,
    run: Run<Outcome>,
    isRepeatable: boolean,
  ): Promise<Outcome> {
    const {own, peers} = this.#options;
    let doubt: StoreError | undefined;
    const ask = async (store: Store): Promise<{readonly outcome: Outcome} | StoreError> => {
      try {
        return {outcome: await run(store)};
      } catch (error) {
        if (!(error instanceof StoreError)) throw error;
        if (!isCertain(error)) doubt ??= error;
        return error;
      }
    };
    const mine = await ask(own);
    if (!(mine instanceof StoreError)) return mine.outcome;
    for (const peer of reachingStore(recipient, peers)) {
      // What the store does not know yet, no peer hears from it.
      if (mine instanceof StoreUndecided || (doubt !== undefined && !isRepeatable)) break;
      const theirs = await ask(peer.store(deadline.leftMs()));
      if (!(theirs instanceof StoreError)) return theirs.outcome;
    }
    throw doubt ?? mine;
  }

  #onOne<Outcome extends MaybeFound>(address: Address, run: Run<Outcome>, isRepeatable: boolean): Promise<Outcome> {
    const deadline = startDeadline(this.#options.deadlineMs);
    return under(deadline, () => this.#whereItIs(address, deadline, run, isRepeatable));
  }

  async #whereItIs<Outcome extends MaybeFound>(
    address: Address,
    deadline: Deadline,
    run: Run<Outcome>,
    isRepeatable: boolean,
  ): Promise<Outcome> {
    const {instance, own, fallback, peers} = this.#options;
    const {owner} = address;
    if (owner === undefined || owner === instance) return this.#shared(address, deadline, run, isRepeatable);
    if (fallback.holds(address)) return run(own);
    const peer = peers.find(owner);
    if (peer === undefined) {
      // Not told in time, it may be there; and who is asked next needs time too.
      const told = within(startDeadline(deadline.leftMs() / 2), () => peers.isGone(owner));
      return this.#afterItsOwner(address, deadline, run, await told.catch(() => false));
    }
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
    // One that is about to end first: it may hand it to the others.
    const ending = peers.unreadyHolders().filter(({holds}) => holds);
    const others = [...ending, ...ranked(address.recipientTag, peers.ready())];
    for (const peer of others.filter(({instance}) => instance !== address.owner)) {
      const theirs = await ask(peer.store(deadline.leftMs()));
      if (theirs instanceof StoreError) doubt = theirs;
      else if (theirs.kind === 'not_found') nowhere = theirs;
      else return theirs;
    }
    // Who says "not found" has looked into the store as well.
    if (nowhere !== undefined && doubt === undefined) return nowhere;
    throw doubt ?? mine;
  }

  /**
   * On a recipient wherever something of it may be. Who may hold it and cannot be asked would bring it back later. They are asked
   * in the order in which it may move meanwhile: one that is about to end, one that holds it, the store.
   */
  #everywhere<T>(recipient: RecipientName, run: Run<T>): Promise<T[]> {
    const deadline = startDeadline(this.#options.deadlineMs);
    return under(deadline, () => this.#atAll(recipient, deadline, run));
  }

  async #atAll<T>(recipient: RecipientName, deadline: Deadline, run: Run<T>): Promise<T[]> {
    const {peers} = this.#options;
    const ask = (holders: readonly Peer[]) => Promise.all(holders.map((peer) => run(peer.store(deadline.leftMs()))));
    return [
      ...(await ask(peers.unreadyHolders())),
      ...(await ask(peers.ready().filter(({holds}) => holds))),
      await this.#shared(recipient, deadline, run, true),
    ];
  }
}

type Rest<Operation> = Operation extends (address: Address, ...args: infer Args) => unknown ? Args : never;

/** Undefined if the peer has certainly done nothing. */
async function askPeer<Outcome>(peer: Peer, deadline: Deadline, run: Run<Outcome>): Promise<Outcome | undefined> {
  try {
    return await run(peer.store(deadline.leftMs()));
  } catch (error) {
    if (isCertain(error)) return undefined;
    throw error;
  }
}
