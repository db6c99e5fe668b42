import {type Address, type CreateOutcome, type Idempotency, isCertain, type NewVerification} from '../store/store.ts';
import type {FallbackStore} from './fallback-store.ts';
import type {PartBreakers} from './part-breakers.ts';
import type {Recovery} from './recovery.ts';

export interface CreateHeldOptions {
  readonly breakers: Pick<PartBreakers, 'isOpen'>;
  readonly fallback: FallbackStore;
  readonly recovery: Pick<Recovery, 'bringFor'>;
  /** Whether it has handed the recipient over and others do not find it yet, or nobody knows whether it has arrived. @default never */
  readonly isUnsettled?: (address: Address) => boolean;
}

/** What a process that may hold the recipient of a new verification does about it. */
export type CreateHeld = (
  address: Address,
  verification: NewVerification,
  idempotency?: Idempotency,
) => Promise<CreateOutcome | Elsewhere | OnItsWay>;

/** It has nothing of the recipient, or no room, and has not answered the request: the verification may be put anywhere. */
export interface Elsewhere {
  readonly kind: 'elsewhere';
}

/** It has answered the request, and nobody knows yet whether the store has the answer now. */
export interface OnItsWay {
  readonly kind: 'on_its_way';
}

/**
 * A recipient is in one place: what is asked about one that a process holds is done there, or in the store once the recipient
 * has gone back. So failures are not counted from nothing, and a request that was answered here is answered alike.
 */
export function createHeld({breakers, fallback, recovery, isUnsettled = () => false}: CreateHeldOptions): CreateHeld {
  return async (address, verification, idempotency) => {
    const elsewhere = () => ({kind: isUnsettled(address) ? 'on_its_way' : 'elsewhere'}) as const;
    if (fallback.holdsRecipient(address) && !breakers.isOpen(address.partition)) await recovery.bringFor(address);
    if (!fallback.holdsRecipient(address)) return elsewhere();
    // Of a recipient that it has in the place of another process it knows no more than what it has answered.
    const isKnown = idempotency !== undefined && fallback.knows(idempotency);
    if (fallback.standsInFor(address) && !isKnown) return elsewhere();
    try {
      return await fallback.create(address, verification, idempotency);
    } catch (error) {
      if (!isCertain(error)) throw error;
      return idempotency !== undefined && fallback.knows(idempotency) ? {kind: 'on_its_way'} : elsewhere();
    }
  };
}
