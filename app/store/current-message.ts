import type {QueuedMessage} from '../delivery/outbox.ts';
import type {Store} from './store.ts';

/** Whether a queued message's code can still be used: its verification is pending, and no resend has replaced it. */
export async function isCurrentIn(store: Pick<Store, 'read'>, {address, resends}: QueuedMessage): Promise<boolean> {
  const outcome = await store.read(address);
  return outcome.kind === 'found' && outcome.snapshot.status === 'pending' && outcome.snapshot.resends === resends;
}
