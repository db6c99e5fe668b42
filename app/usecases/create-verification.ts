import {openCode, sealAddress, sealCode} from '../delivery/message.ts';
import type {Client} from '../domain/client.ts';
import {generateCode} from '../domain/code.ts';
import type {DerivedKeys} from '../domain/keyring.ts';
import {type Binding, bindingMac, codeMac, macOf} from '../domain/mac.ts';
import type {Channel, Policy} from '../domain/policy.ts';
import {pseudonymOf} from '../domain/pseudonym.ts';
import {type AppliedLimit, ipPrefix, limitsOf} from '../domain/rate-limit.ts';
import {parseRecipient, parseSubject, type Recipient, suits} from '../domain/recipient.ts';
import {issueId, nameTag, parseId} from '../domain/verification-id.ts';
import type {CreateOutcome, NewVerification, RateLimitState} from '../store/store.ts';
import {addressOf, type UseCaseContext, type VerificationView} from './context.ts';
import {idempotencyOf} from './idempotency.ts';

export interface CreateRequest {
  readonly to: string;
  readonly policy: string;
  readonly channel?: Channel;
  readonly locale?: string;
  readonly reference?: string;
  /** Whether there is a key that a code of `direct` leaves sealed for. */
  readonly sealed: boolean;
  /** Values that the check has to bring again. */
  readonly binding?: Binding;
  /** Where the person is, as far as the caller knows. */
  readonly context?: {readonly ip?: string; readonly userAgent?: string; readonly device?: string};
}

/** A limit that the request was charged to, and where it stands. */
export type ChargedLimit = AppliedLimit & RateLimitState;

export type CreateResult =
  | {
      readonly kind: 'created';
      readonly view: VerificationView;
      readonly limits: readonly ChargedLimit[];
      /** Where the caller delivers it itself. */
      readonly code?: string;
    }
  | {readonly kind: 'rate_limited'; readonly limit: ChargedLimit; readonly at: number; readonly until: number}
  | {readonly kind: 'policy_not_found'}
  | {readonly kind: 'recipient_invalid'}
  | {readonly kind: 'ip_invalid'}
  | {readonly kind: 'encryption_key_missing'}
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
  const recipient = readRecipient(policy, request);
  if (recipient === undefined) return {kind: 'recipient_invalid'};
  const suitable = policy.channels.filter((channel) => suits(recipient.kind, channel));
  const channel = suitable.find((each) => request.channel === undefined || each === request.channel);
  if (channel === undefined) return {kind: 'channel_not_allowed', allowed: suitable};
  if (channel === 'direct' && !policy.returnCode && !request.sealed) return {kind: 'encryption_key_missing'};
  const place = readPlace(request.context);
  if (place.kind === 'ip_invalid') return place;

  const {keyring, pseudonymKey, store} = context;
  const keys = keyring.current;
  const pseudonym = pseudonymOf(pseudonymKey, client.name, policy.name, recipient.canonical);
  const ref = issueId(keys, {
    clientTag: client.tag,
    policyTag: client.policyTags.get(policy.name) ?? nameTag(policy.name),
    partition: pseudonym.partition,
    recipientTag: pseudonym.tag,
    lifetimeSeconds: policy.lifetimeSeconds,
    createdAt: context.now(),
  });
  const limits = limitsOf(pseudonymKey, client, policy, recipient, request.context?.ip);
  const idempotency = idempotencyOf(context, client, {
    key: idempotencyKey,
    route: 'create',
    about: recipient.canonical,
    asked: request,
  });
  const contextTag =
    place.name === undefined
      ? undefined
      : macOf(pseudonymKey, 'context', place.name).subarray(0, 6).toString('base64url');
  const outcome = await store.create(
    addressOf(ref),
    {
      ...sealed(keys, ref.id, {client, policy, channel, recipient, request}),
      channel,
      maskedTo: recipient.masked,
      lifetimeMs: policy.lifetimeSeconds * 1000,
      maxAttempts: policy.maxAttempts,
      maxPending: policy.maxPending,
      resendIntervalMs: policy.resendIntervalSeconds * 1000,
      deliver: channel !== 'direct',
      keepCode: policy.resend === 'same' && channel !== 'direct',
      rateLimits: limits.map(({tag, count, perSeconds}) => ({tag, count, periodMs: perSeconds * 1000})),
      ...(request.locale === undefined ? {} : {locale: request.locale}),
      ...(request.reference === undefined ? {} : {reference: request.reference}),
      ...(contextTag === undefined ? {} : {contextTag}),
    },
    idempotency,
  );
  return toResult(context, outcome, policy, limits);
}

/** The recipient as the asked channel understands it; without one, as the policy's channels do. */
function readRecipient(policy: Policy, {to, channel}: CreateRequest): Recipient | undefined {
  if (channel === 'direct') return parseSubject(to);
  return (
    parseRecipient(to) ?? (channel === undefined && policy.channels.includes('direct') ? parseSubject(to) : undefined)
  );
}

/** What tells one context of a recipient from another: the device if there is a token for it, else the network. */
function readPlace({
  ip,
  device,
}: NonNullable<CreateRequest['context']> = {}): {kind: 'place'; name?: string} | {kind: 'ip_invalid'} {
  const prefix = ip === undefined ? undefined : ipPrefix(ip);
  if (ip !== undefined && prefix === undefined) return {kind: 'ip_invalid'};
  const name = device === undefined ? prefix : `device ${device}`;
  return {kind: 'place', ...(name === undefined ? {} : {name})};
}

interface Subject {
  readonly client: Client;
  readonly policy: Policy;
  readonly channel: Channel;
  readonly recipient: Recipient;
  readonly request: CreateRequest;
}

/** A fresh code, as far as the store may know it: what a check is compared with, and what the outbox worker can open. */
function sealed(
  keys: DerivedKeys,
  id: string,
  {client, policy, channel, recipient, request}: Subject,
): Pick<NewVerification, 'mac' | 'sealedCode' | 'sealedAddress' | 'bindingMac'> {
  const code = generateCode(policy);
  const {binding, locale} = request;
  return {
    mac: codeMac(keys, client.name, id, code),
    sealedCode: sealCode(keys, id, code),
    sealedAddress:
      channel === 'direct'
        ? ''
        : sealAddress(keys, id, {
            channel,
            to: recipient.address,
            ...(locale === undefined ? {} : {locale}),
          }),
    ...(binding === undefined ? {} : {bindingMac: bindingMac(keys, id, binding)}),
  };
}

function toResult(
  {keyring}: UseCaseContext,
  outcome: CreateOutcome,
  policy: Policy,
  limits: readonly AppliedLimit[],
): CreateResult {
  if (outcome.kind === 'rate_limited') {
    const limit = limits[outcome.limit];
    if (limit === undefined) throw new RangeError(`the store named rate limit ${outcome.limit} of ${limits.length}`);
    return {...outcome, limit: {...limit, remaining: 0, resetAt: outcome.until}};
  }
  if (outcome.kind !== 'created') return outcome;
  const {id, snapshot, sealedCode} = outcome;
  // A repetition is answered with an id that may have been made under an older key.
  const parsed = parseId(keyring, id);
  const code =
    sealedCode === undefined || parsed.kind !== 'ref' ? undefined : openCode(parsed.ref.keys, id, sealedCode);
  const charged = limits.flatMap((limit, index) => {
    const state = outcome.limits[index];
    return state === undefined ? [] : [{...limit, ...state}];
  });
  return {kind: 'created', view: {id, policy, snapshot}, limits: charged, ...(code === undefined ? {} : {code})};
}
