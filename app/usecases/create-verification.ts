import {sealAddress, sealCode} from '../delivery/message.ts';
import type {Client} from '../domain/client.ts';
import {generateCode} from '../domain/code.ts';
import {type Binding, bindingMac, codeMac, macOf} from '../domain/mac.ts';
import type {Channel, Policy} from '../domain/policy.ts';
import {pseudonymOf} from '../domain/pseudonym.ts';
import {type AppliedLimit, ipPrefix, limitsOf} from '../domain/rate-limit.ts';
import {parseRecipient, type Recipient, suits} from '../domain/recipient.ts';
import {issueId, nameTag} from '../domain/verification-id.ts';
import type {CreateOutcome, NewVerification, RateLimitState} from '../store/store.ts';
import {addressOf, type UseCaseContext, type VerificationView} from './context.ts';
import {idempotencyOf} from './idempotency.ts';

export interface CreateRequest {
  readonly to: string;
  readonly policy: string;
  readonly channel?: Channel;
  readonly locale?: string;
  readonly reference?: string;
  /** Values that the check has to bring again. */
  readonly binding?: Binding;
  /** Where the person is, as far as the caller knows. */
  readonly context?: {readonly ip?: string; readonly userAgent?: string; readonly device?: string};
}

/** A limit that the request was charged to, and where it stands. */
export type ChargedLimit = AppliedLimit & RateLimitState;

export type CreateResult =
  | {readonly kind: 'created'; readonly view: VerificationView; readonly limits: readonly ChargedLimit[]}
  | {readonly kind: 'rate_limited'; readonly limit: ChargedLimit; readonly at: number; readonly until: number}
  | {readonly kind: 'ip_invalid'}
  | {readonly kind: 'policy_not_found'}
  | {readonly kind: 'recipient_invalid'}
  | {readonly kind: 'channel_not_allowed'; readonly allowed: readonly Channel[]}
  | Exclude<CreateOutcome, {kind: 'created' | 'rate_limited'}>;

/** Generates a code for a recipient, stores what stands for it, and queues its message, all in one atomic step. */
export async function createVerification(
  context: UseCaseContext,
  client: Client,
  request: CreateRequest,
  idempotencyKey?: string,
): Promise<CreateResult> {
  const policy = client.policies.get(request.policy);
  if (policy === undefined) return {kind: 'policy_not_found'};
  const recipient = parseRecipient(request.to);
  if (recipient === undefined) return {kind: 'recipient_invalid'};
  const channel = chooseChannel(policy, recipient, request.channel);
  if (channel === undefined)
    return {kind: 'channel_not_allowed', allowed: policy.channels.filter((each) => suits(recipient.kind, each))};

  const {binding, context: {ip, device} = {}} = request;
  const prefix = ip === undefined ? undefined : ipPrefix(ip);
  if (ip !== undefined && prefix === undefined) return {kind: 'ip_invalid'};

  const {keyring, pseudonymKey, store} = context;
  const limits = limitsOf(pseudonymKey, client, policy, recipient, ip);
  const place = device === undefined ? prefix : `device ${device}`;
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
  const idempotency = idempotencyOf(context, client, {
    key: idempotencyKey,
    route: 'create',
    about: recipient.canonical,
    asked: request,
  });
  const input: NewVerification = {
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
    keepCode: policy.resend === 'same',
    rateLimits: limits.map(({tag, count, perSeconds}) => ({tag, count, periodMs: perSeconds * 1000})),
    ...(request.reference === undefined ? {} : {reference: request.reference}),
    ...(binding === undefined ? {} : {bindingMac: bindingMac(keys, ref.id, binding)}),
    ...(place === undefined
      ? {}
      : {contextTag: macOf(pseudonymKey, 'context', place).subarray(0, 6).toString('base64url')}),
  };
  const outcome = await store.create(addressOf(ref), input, idempotency);
  switch (outcome.kind) {
    case 'created':
      return {
        kind: 'created',
        view: {id: outcome.id, policy, snapshot: outcome.snapshot},
        limits: merge(limits, outcome.limits),
      };
    case 'rate_limited':
      return {
        ...outcome,
        limit:
          merge(
            limits,
            limits.map(() => ({remaining: 0, resetAt: outcome.until})),
          )[outcome.limit] ?? unnamedLimit(),
      };
    default:
      return outcome;
  }
}

/** A limit by its place in the request; the two lists have the same length. */
function merge(limits: readonly AppliedLimit[], states: readonly RateLimitState[]): ChargedLimit[] {
  return limits.flatMap((limit, index) => {
    const state = states[index];
    return state === undefined ? [] : [{...limit, ...state}];
  });
}

function unnamedLimit(): never {
  throw new RangeError('the store named a rate limit that the request does not have');
}

/** The asked channel if policy and recipient allow it; without one, the policy's first that suits the recipient. */
function chooseChannel(policy: Policy, recipient: Recipient, asked: Channel | undefined): Channel | undefined {
  return policy.channels.find(
    (channel) => suits(recipient.kind, channel) && (asked === undefined || asked === channel),
  );
}
