import {sealAddress, sealCode} from '../delivery/message.ts';
import type {Client} from '../domain/client.ts';
import {generateCode} from '../domain/code.ts';
import {codeMac} from '../domain/mac.ts';
import type {Channel, Policy} from '../domain/policy.ts';
import {pseudonymOf} from '../domain/pseudonym.ts';
import {parseRecipient, type Recipient, suits} from '../domain/recipient.ts';
import {issueId, nameTag} from '../domain/verification-id.ts';
import type {CreateOutcome} from '../store/store.ts';
import {addressOf, type UseCaseContext, type VerificationView} from './context.ts';

export interface CreateRequest {
  readonly to: string;
  readonly policy: string;
  readonly channel?: Channel;
  readonly locale?: string;
  readonly reference?: string;
}

export type CreateResult =
  | {readonly kind: 'created'; readonly view: VerificationView}
  | {readonly kind: 'policy_not_found'}
  | {readonly kind: 'recipient_invalid'}
  | {readonly kind: 'channel_not_allowed'; readonly allowed: readonly Channel[]}
  | Exclude<CreateOutcome, {kind: 'created'}>;

/** Generates a code for a recipient, stores what stands for it, and queues its message, all in one atomic step. */
export async function createVerification(
  context: UseCaseContext,
  client: Client,
  request: CreateRequest,
): Promise<CreateResult> {
  const policy = client.policies.get(request.policy);
  if (policy === undefined) return {kind: 'policy_not_found'};
  const recipient = parseRecipient(request.to);
  if (recipient === undefined) return {kind: 'recipient_invalid'};
  const channel = chooseChannel(policy, recipient, request.channel);
  if (channel === undefined)
    return {kind: 'channel_not_allowed', allowed: policy.channels.filter((each) => suits(recipient.kind, each))};

  const {keyring, pseudonymKey, store} = context;
  const keys = keyring.current;
  const pseudonym = pseudonymOf(pseudonymKey, client.name, policy.name, recipient.canonical);
  const ref = issueId(keys, {
    clientTag: client.tag,
    policyTag: nameTag(policy.name),
    partition: pseudonym.partition,
    recipientTag: pseudonym.tag,
    lifetimeSeconds: policy.lifetimeSeconds,
    createdAt: context.now(),
  });
  const code = generateCode(policy);
  const outcome = await store.create(addressOf(ref), {
    mac: codeMac(keys, client.name, ref.id, code),
    sealedCode: sealCode(keys, ref.id, code),
    sealedAddress: sealAddress(keys, ref.id, {
      client: client.name,
      policy: policy.name,
      channel,
      to: recipient.address,
      ...(request.locale === undefined ? {} : {locale: request.locale}),
    }),
    channel,
    maskedTo: recipient.masked,
    lifetimeMs: policy.lifetimeSeconds * 1000,
    maxAttempts: policy.maxAttempts,
    maxPending: policy.maxPending,
    resendIntervalMs: policy.resendIntervalSeconds * 1000,
    ...(request.locale === undefined ? {} : {locale: request.locale}),
    ...(request.reference === undefined ? {} : {reference: request.reference}),
  });
  return outcome.kind === 'created'
    ? {kind: 'created', view: {id: ref.id, policy, snapshot: outcome.snapshot}}
    : outcome;
}

/** The asked channel if policy and recipient allow it; without one, the policy's first that suits the recipient. */
function chooseChannel(policy: Policy, recipient: Recipient, asked: Channel | undefined): Channel | undefined {
  return policy.channels.find(
    (channel) => suits(recipient.kind, channel) && (asked === undefined || asked === channel),
  );
}
