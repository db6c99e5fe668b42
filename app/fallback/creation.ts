import {setTimeout as delay} from 'node:timers/promises';
import type {Draft} from '../store/draft.ts';
import {within} from '../store/retrying-store.ts';
import {
  type Address,
  type CreateOutcome,
  type Idempotency,
  isCertain,
  type NewVerification,
  type Store,
  StoreError,
} from '../store/store.ts';
import {type Deadline, startDeadline} from './deadline.ts';
import type {FallbackStore} from './fallback-store.ts';
import {type Peers, rank, ranked} from './peers.ts';

export interface CreationOptions {
  readonly instance: string;
  /** What this process can do by itself. */
  readonly own: Store;
  readonly fallback: FallbackStore;
  readonly peers: Peers;
  /** How long an operation may take, its ways over peers included. */
  readonly deadlineMs: number;
}

/** What memory needs of the deadline when the store has not told what became of a creation. */
const memoryShare = 0.4;
/** How often each way to the store is asked what became of a creation. */
const askings = 3;
const pauseMs = 40;

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

  async create(draft: Draft, idempotency?: Idempotency): Promise<CreateOutcome> {
    const deadline = startDeadline(this.#options.deadlineMs);
    const {address} = draft.addressTo();
    const stored = await this.#inStore(draft, idempotency, deadline);
    if (stored.kind === 'nowhere') return this.#inMemory(draft, stored, idempotency, deadline);
    this.#refuseCopy(address, stored);
    return stored;
  }

  async #inStore(
    draft: Draft,
    idempotency: Idempotency | undefined,
    deadline: Deadline,
  ): Promise<CreateOutcome | {readonly kind: 'nowhere'; readonly storeMayHaveCopy: boolean}> {
    const {own, peers, deadlineMs} = this.#options;
    const {address, verification} = draft.addressTo();
    const endsAt = deadline.endsAt - deadlineMs * memoryShare;
    const leftMs = () => Math.floor(endsAt - performance.now());
    let storeMayHaveCopy = false;
    const ask = async (creating: Promise<CreateOutcome>): Promise<CreateOutcome | undefined> => {
      try {
        return await creating;
      } catch (error) {
        if (!(error instanceof StoreError)) throw error;
        storeMayHaveCopy ||= !isCertain(error);
        return undefined;
      }
    };
    let outcome = await ask(own.create(address, verification, idempotency));
    for (let asking = 1; outcome === undefined; asking++) {
      for (const peer of ranked(draft.recipientTag, peers.ready()).filter(({reachesStore}) => reachesStore)) {
        // The next one needs time too.
        const peerMs = Math.floor(leftMs() / 2);
        if (peerMs > 0) outcome = await ask(peer.store(peerMs).create(address, verification, idempotency));
        if (outcome !== undefined) return outcome;
      }
      if (!storeMayHaveCopy || asking === askings || leftMs() <= 0) return {kind: 'nowhere', storeMayHaveCopy};
      await delay(Math.random() * pauseMs * 2 ** asking);
      outcome = await ask(within(endsAt, own.create(address, verification, idempotency)));
    }
    return outcome;
  }

  /** In the memory of the first process, in the recipient's order, that takes it. */
  async #inMemory(
    draft: Draft,
    {storeMayHaveCopy}: Required<Pick<NewVerification, 'storeMayHaveCopy'>>,
    idempotency: Idempotency | undefined,
    deadline: Deadline,
  ): Promise<CreateOutcome> {
    const {instance, own, peers} = this.#options;
    const ready = peers.ready();
    let refusal = new StoreError('not_executed', 'no process takes the verification');
    for (const owner of rank(draft.recipientTag, [instance, ...ready.map((peer) => peer.instance)])) {
      const {address, verification} = draft.addressTo(owner);
      const store = ready.find((peer) => peer.instance === owner)?.store(deadline.leftMs()) ?? own;
      try {
        return await store.create(address, {...verification, storeMayHaveCopy}, idempotency);
      } catch (error) {
        if (!isCertain(error)) throw error;
        refusal = error;
      }
    }
    throw refusal;
  }

  /** A repetition must not bring to light what stands for the same code under an id of its own, until that is ended. */
  #refuseCopy({id}: Address, outcome: CreateOutcome): void {
    if (outcome.kind !== 'created' || outcome.id === id) return;
    const {fallback, peers} = this.#options;
    if (fallback.holdsCopies || peers.ready().some(({holdsCopies}) => holdsCopies))
      throw new StoreError('not_executed', 'the answer to this request is on its way back to the store');
  }
}
