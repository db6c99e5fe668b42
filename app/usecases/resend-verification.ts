import {sealCode} from '../delivery/message.ts';
import type {Client} from '../domain/client.ts';
import {generateCode} from '../domain/code.ts';
import {codeMac} from '../domain/mac.ts';
import {
  addressOf,
  explainMissing,
  type Missing,
  resolve,
  type UseCaseContext,
  type VerificationView,
} from './context.ts';

export type ResendResult =
  | {readonly kind: 'resent' | 'limit_reached' | 'final'; readonly view: VerificationView}
  | {readonly kind: 'recipient_locked' | 'send_too_soon'; readonly until?: number; readonly view: VerificationView}
  | Missing;

/** Sends a new code to the same recipient. It replaces the old one and gives back no attempt. */
export async function resendVerification(context: UseCaseContext, client: Client, id: string): Promise<ResendResult> {
  const resolved = resolve(context, client, id);
  if (resolved.kind !== 'resolved') return resolved;
  const {ref, policy} = resolved;
  const code = generateCode(policy);
  const outcome = await context.store.resend(addressOf(ref), {
    mac: codeMac(ref.keys, client.name, id, code),
    sealedCode: sealCode(ref.keys, id, code),
    lifetimeMs: policy.lifetimeSeconds * 1000,
    resendIntervalMs: policy.resendIntervalSeconds * 1000,
    maxResends: policy.maxResends,
  });
  if (outcome.kind === 'not_found') return explainMissing(context, ref);
  const {snapshot, ...rest} = outcome;
  return {...rest, view: {id, policy, snapshot}};
}
