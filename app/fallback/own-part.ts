import {type Address, type Store, StoreError} from '../store/store.ts';
import type {FallbackStore} from './fallback-store.ts';
import type {PartBreakers} from './part-breakers.ts';
import type {Recovery} from './recovery.ts';

export interface OwnPartOptions {
  readonly instance: string;
  /** The store that all processes share; a part is not asked while it counts as away. */
  readonly shared: Store;
  readonly breakers: Pick<PartBreakers, 'isOpen'>;
  readonly fallback: FallbackStore;
  readonly recovery: Pick<Recovery, 'bringFor'>;
  /** Whether it takes new verifications into its memory. @default always */
  readonly takesNew?: () => boolean;
}

/**
 * What this process can do by itself: with what it holds in its memory, and with the store while that is there. It asks
 * nobody else; this is what it does for its peers, so that no request makes a second hop.
 */
export function ownPart({
  instance,
  shared,
  breakers,
  fallback,
  recovery,
  takesNew = () => true,
}: OwnPartOptions): Store {
  const onOne = async <Outcome extends {readonly kind: string}>(
    address: Address,
    run: (store: Store) => Promise<Outcome>,
  ): Promise<Outcome> => {
    if (fallback.holds(address)) {
      // Its failures have to be in the store before anybody guesses there.
      if (!breakers.isOpen(address.partition)) await recovery.bringFor(address);
      const outcome = await run(fallback);
      if (outcome.kind !== 'not_found') return outcome;
    }
    return run(shared);
  };
  return {
    async create(address, verification, idempotency) {
      if (address.owner === undefined) {
        if (!breakers.isOpen(address.partition) && fallback.holdsRecipient(address)) await recovery.bringFor(address);
        return shared.create(address, verification, idempotency);
      }
      // Beside what it holds it may: that goes on with the rest, and a request that it has answered gets its answer again.
      if (!takesNew() && !fallback.holdsRecipient(address))
        throw new StoreError('not_executed', 'the process is about to end');
      if (address.owner !== instance)
        throw new StoreError('not_executed', 'the verification is meant for another process');
      return fallback.create(address, verification, idempotency);
    },
    check: (address, ...args) => onOne(address, (store) => store.check(address, ...args)),
    resend: (address, ...args) => onOne(address, (store) => store.resend(address, ...args)),
    cancel: (address) => onOne(address, (store) => store.cancel(address)),
    read: (address) => onOne(address, (store) => store.read(address)),
    async unlock(partition, recipientTags) {
      await fallback.unlock(partition, recipientTags);
      await shared.unlock(partition, recipientTags);
    },
    async erase(partition, recipientTags) {
      const held = await fallback.erase(partition, recipientTags);
      return held + (await shared.erase(partition, recipientTags));
    },
    ping: () => shared.ping(),
  };
}
