import {sealCode} from '../delivery/message.ts';
import type {Client} from '../domain/client.ts';
import {generateCode} from '../domain/code.ts';
import {codeMac} from '../domain/mac.ts';
import type {Channel} from '../domain/policy.ts';
import {resendChannels} from '../domain/verification.ts';
import {
  addressOf,
  explainMissing,
  type Missing,
  resolve,
  type UseCaseContext,
  type VerificationView,
} from './context.ts';
import {idempotencyOf} from './idempotency.ts';
import {readVerification} from './read-verification.ts';

export type ResendResult =
  | {readonly kind: 'resent' | 'limit_reached' | 'not_delivered' | 'final'; readonly view: VerificationView}
  | {readonly kind: 'channel_not_allowed'; readonly allowed: readonly Channel[]; readonly view: VerificationView}
  | {readonly kind: 'recipient_locked' | 'send_too_soon'; readonly until?: number; readonly view: VerificationView}
  | {readonly kind: 'idempotency_conflict'}
  | Missing;

/** Sends another message to the same recipient, with a new code or the same one, as the policy says. It gives back no attempt. */
export async function resendVerification(
  context: UseCaseContext,
  client: Client,
  id: string,
  {channel}: {readonly channel?: Channel} = {},
  idempotencyKey?: string,
): Promise<ResendResult> {
  const resolved = resolve(context, client, id);
  if (resolved.kind !== 'resolved') return resolved;
  const {ref, policy} = resolved;
  if (channel !== undefined && (channel === 'direct' || !policy.channels.includes(channel)))
    return refuseChannel(context, client, id);
  const code = generateCode(policy);
  const resend = {
    mac: codeMac(ref.keys, client.name, id, code),
    sealedCode: sealCode(ref.keys, id, code),
    lifetimeMs: policy.lifetimeSeconds * 1000,
    resendIntervalMs: policy.resendIntervalSeconds * 1000,
    maxResends: policy.maxResends,
    // Without a sandbox no other code has been kept.
    same: policy.resend === 'same' || client.sandbox !== undefined,
    ...(channel === undefined ? {} : {channel}),
  };
  const idempotency = idempotencyOf(context, client, {
    key: idempotencyKey,
    route: 'resend',
    about: id,
    asked: {channel},
  });
  const outcome = await context.store.resend(addressOf(ref), resend, idempotency);
  if (outcome.kind === 'not_found') return explainMissing(context, ref);
  if (outcome.kind === 'idempotency_conflict') return outcome;
  const {snapshot, ...rest} = outcome;
  const view = {id, policy, snapshot};
  return rest.kind === 'channel_unsuited' ? channelNotAllowed(view) : {...rest, view};
}

/** The policy does not have the channel: it is said what it has for this recipient, if the verification is there. */
async function refuseChannel(context: UseCaseContext, client: Client, id: string): Promise<ResendResult> {
  const found = await readVerification(context, client, id);
  return found.kind === 'found' ? channelNotAllowed(found.view) : found;
}

function channelNotAllowed(view: VerificationView): ResendResult {
  return {kind: 'channel_not_allowed', allowed: resendChannels(view.policy.channels, view.snapshot.channel), view};
}
