import type {Announcements} from '../delivery/announcements.ts';
import {passedOn} from './passed-on.ts';
import type {Address, Store} from './store.ts';

/** Has the ends of those verifications announced that somebody wants to hear of. What it costs, it costs only those. */
export function announcing(store: Store, announcements: Announcements, isHeard: (id: string) => boolean): Store {
  const announce = (address: Address) => {
    // Whatever fails here is found again at the verification's expiry.
    if (isHeard(address.id)) void announcements.announce(address).catch(() => {});
  };
  return {
    ...passedOn(store),
    async create(address, verification, idempotency) {
      if (!isHeard(address.id)) return store.create(address, verification, idempotency);
      // Before the verification and on its way with it: no process can die between the two.
      const watched = announcements.watch(address, verification.lifetimeMs).catch(() => {});
      const outcome = await store.create(address, verification, idempotency);
      await watched;
      if (outcome.kind !== 'created' || outcome.id !== address.id) void announcements.unwatch(address).catch(() => {});
      return outcome;
    },
    async check(address, presented, limits, idempotency) {
      const outcome = await store.check(address, presented, limits, idempotency);
      if ('snapshot' in outcome && ['approved', 'locked'].includes(outcome.snapshot.status)) announce(address);
      return outcome;
    },
  };
}
