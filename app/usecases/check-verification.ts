import type {Client} from '../domain/client.ts';
import {normaliseCode} from '../domain/code.ts';
import {openFromClient} from '../domain/end-to-end.ts';
import {type Binding, bindingMac, codeMac} from '../domain/mac.ts';
import {issueReceipt} from '../domain/receipt.ts';
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
  /** As the person typed it, in the clear or sealed for the service (`domain/end-to-end.ts`). */
  readonly code: {readonly typed: string} | {readonly sealed: string};
  /** The values of the creation, if it had any. */
  readonly binding?: Binding;
}

export type CheckResult =
  /** `receipt`: where the policy gives one. */
  | {readonly kind: 'approved'; readonly view: VerificationView; readonly receipt?: string}
  | {readonly kind: 'incorrect' | 'binding_mismatch' | 'final'; readonly view: VerificationView}
  | {readonly kind: 'sealed_code_invalid'}
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
  const {binding} = request;
  const typed =
    'typed' in request.code ? request.code.typed : await openFromClient(context.keyring, id, request.code.sealed);
  if (typed === undefined) return {kind: 'sealed_code_invalid'};
  const code = normaliseCode(typed);
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
  const view = {id, policy, snapshot};
  if (rest.kind !== 'approved' || policy.receiptSeconds === undefined) return {...rest, view};
  const receipt = await issueReceipt(ref.keys, {
    issuer: context.issuer,
    client: client.name,
    recipientTag: ref.recipientTag,
    verificationId: id,
    policy: policy.name,
    approvedAt: snapshot.at,
    lifetimeSeconds: policy.receiptSeconds,
    ...(binding === undefined ? {} : {binding}),
  });
  return {kind: 'approved', view, receipt};
}
