import type {Client} from '../domain/client.ts';
import {normaliseCode} from '../domain/code.ts';
import {codeMac} from '../domain/mac.ts';
import {
  addressOf,
  explainMissing,
  type Missing,
  resolve,
  type UseCaseContext,
  type VerificationView,
} from './context.ts';

export type CheckResult =
  | {readonly kind: 'approved' | 'incorrect' | 'final'; readonly view: VerificationView}
  | {readonly kind: 'too_soon'; readonly until: number; readonly view: VerificationView}
  | Missing;

/** Checks a code. Of any number of right checks exactly one is approved; each wrong one counts. */
export async function checkVerification(
  context: UseCaseContext,
  client: Client,
  id: string,
  typed: string,
): Promise<CheckResult> {
  const resolved = resolve(context, client, id);
  if (resolved.kind !== 'resolved') return resolved;
  const {ref, policy} = resolved;
  const outcome = await context.store.check(
    addressOf(ref),
    codeMac(ref.keys, client.name, id, normaliseCode(typed)),
    policy,
  );
  if (outcome.kind === 'not_found') return explainMissing(context, ref);
  const {snapshot, ...rest} = outcome;
  return {...rest, view: {id, policy, snapshot}};
}
