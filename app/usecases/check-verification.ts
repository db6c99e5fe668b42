import type {Client} from '../domain/client.ts';
import {normaliseCode} from '../domain/code.ts';
import {type Binding, bindingMac, codeMac} from '../domain/mac.ts';
import {
  addressOf,
  explainMissing,
  type Missing,
  resolve,
  type UseCaseContext,
  type VerificationView,
} from './context.ts';
import {idempotencyOf} from './idempotency.ts';

export interface CheckRequest {
  /** As the person typed it. */
  readonly code: string;
  /** The values of the creation, if it had any. */
  readonly binding?: Binding;
}

export type CheckResult =
  | {readonly kind: 'approved' | 'incorrect' | 'binding_mismatch' | 'final'; readonly view: VerificationView}
  | {readonly kind: 'idempotency_conflict'}
  | {readonly kind: 'too_soon'; readonly until: number; readonly view: VerificationView}
  | Missing;

/**
 * Checks a code. Of any number of right checks exactly one is approved; each wrong one counts, and so does one with other
 * values than the code is bound to. A repetition with the same idempotency key gets the same answer and counts nothing.
 */
export async function checkVerification(
  context: UseCaseContext,
  client: Client,
  id: string,
  request: CheckRequest,
  idempotencyKey?: string,
): Promise<CheckResult> {
  const resolved = resolve(context, client, id);
  if (resolved.kind !== 'resolved') return resolved;
  const {ref, policy} = resolved;
  const code = normaliseCode(request.code);
  const {binding} = request;
  const presented = {
    mac: codeMac(ref.keys, client.name, id, code),
    ...(binding === undefined ? {} : {bindingMac: bindingMac(ref.keys, id, binding)}),
  };
  const idempotency = idempotencyOf(context, client, {
    key: idempotencyKey,
    route: 'check',
    about: id,
    asked: {code, binding},
  });
  const outcome = await context.store.check(addressOf(ref), presented, policy, idempotency);
  if (outcome.kind === 'not_found') return explainMissing(context, ref);
  if (outcome.kind === 'idempotency_conflict') return outcome;
  const {snapshot, ...rest} = outcome;
  return {...rest, view: {id, policy, snapshot}};
}
