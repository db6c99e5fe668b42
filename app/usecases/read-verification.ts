import type {Client} from '../domain/client.ts';
import {
  addressOf,
  explainMissing,
  type Missing,
  resolve,
  type UseCaseContext,
  type VerificationView,
} from './context.ts';

export type ReadResult = {readonly kind: 'found'; readonly view: VerificationView} | Missing;

/** Reads a verification. Changes nothing. */
export async function readVerification(context: UseCaseContext, client: Client, id: string): Promise<ReadResult> {
  const resolved = resolve(context, client, id);
  if (resolved.kind !== 'resolved') return resolved;
  const outcome = await context.store.read(addressOf(resolved.ref));
  if (outcome.kind === 'not_found') return explainMissing(context, resolved.ref);
  return {kind: 'found', view: {id, policy: resolved.policy, snapshot: outcome.snapshot}};
}
