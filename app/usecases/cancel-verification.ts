import type {Client} from '../domain/client.ts';
import {
  addressOf,
  explainMissing,
  type Missing,
  resolve,
  type UseCaseContext,
  type VerificationView,
} from './context.ts';

export type CancelResult = {readonly kind: 'canceled' | 'final'; readonly view: VerificationView} | Missing;

/** Ends a pending verification: its code is accepted no more. The failures that it has seen stay counted. */
export async function cancelVerification(context: UseCaseContext, client: Client, id: string): Promise<CancelResult> {
  const resolved = resolve(context, client, id);
  if (resolved.kind !== 'resolved') return resolved;
  const outcome = await context.store.cancel(addressOf(resolved.ref));
  if (outcome.kind === 'not_found') return explainMissing(context, resolved.ref);
  return {kind: outcome.kind, view: {id, policy: resolved.policy, snapshot: outcome.snapshot}};
}
