import {openCode} from '../delivery/message.ts';
import type {Client} from '../domain/client.ts';
import type {Keyring} from '../domain/keyring.ts';
import {type Binding, macText} from '../domain/mac.ts';
import type {Channel, Policy} from '../domain/policy.ts';
import {type AppliedLimit, ipPrefix, limitsOf} from '../domain/rate-limit.ts';
import {kindOf, parseRecipient, parseSubject, type Recipient, suits} from '../domain/recipient.ts';
import {sandboxRecipient} from '../domain/sandbox.ts';
import {parseId} from '../domain/verification-id.ts';
import type {CreateOutcome, RateLimitState} from '../store/store.ts';
import type {UseCaseContext, VerificationView} from './context.ts';
import {draftVerification} from './draft-verification.ts';
import {idempotencyOf} from './idempotency.ts';

export interface CreateRequest {
  readonly to: string;
  readonly policy: string;
  readonly channel?: Channel;
  /** Language tags in order of preference, with commas between them. */
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
  | {readonly kind: 'binding_missing'; readonly names: readonly string[]}
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
  const recipient = readRecipient(client, policy, request);
  if (recipient === undefined) return {kind: 'recipient_invalid'};
  const suitable = policy.channels.filter((channel) => suits(recipient.kind, channel));
  const channel = suitable.find((each) => request.channel === undefined || each === request.channel);
  if (channel === undefined) return {kind: 'channel_not_allowed', allowed: suitable};
  if (channel === 'direct' && !policy.returnCode && !request.sealed) return {kind: 'encryption_key_missing'};
  const missing = policy.requiredBinding.filter((name) => !Object.hasOwn(request.binding ?? {}, name));
  if (missing.length > 0) return {kind: 'binding_missing', names: missing};
  const place = readPlace(request.context);
  if (place.kind === 'ip_invalid') return place;

  const {pseudonymKey} = context;
  const limits = limitsOf(pseudonymKey, client, policy, recipient, request.context?.ip);
  const idempotency = idempotencyOf(context, client, {
    key: idempotencyKey,
    route: 'create',
    about: recipient.canonical,
    asked: request,
  });
  const contextTag = place.name === undefined ? undefined : macText(pseudonymKey, 6, 'context', place.name);
  const draft = draftVerification(
    context,
    {client, policy, channel, recipient, request},
    {
      maskedTo: recipient.masked,
      lifetimeMs: policy.lifetimeSeconds * 1000,
      maxAttempts: policy.maxAttempts,
      maxPending: policy.maxPending,
      resendIntervalMs: policy.resendIntervalSeconds * 1000,
      deliver: channel !== 'direct',
      survivesFailover: policy.survivesFailover,
      keepCode: (policy.resend === 'same' || recipient.sandboxCode !== undefined) && channel !== 'direct',
      rateLimits: limits.map(({name, tag, count, perSeconds}) => ({
        tag,
        count,
        periodMs: perSeconds * 1000,
        ofRecipient: name === 'recipient',
      })),
      ...(request.reference === undefined ? {} : {reference: request.reference}),
      ...(contextTag === undefined ? {} : {contextTag}),
    },
  );
  const outcome = await context.store.create(draft, idempotency);
  return toResult(context, outcome, policy, limits);
}

/** The recipient as the asked channel understands it; without one, as the policy's channels do. */
function readRecipient(client: Client, policy: Policy, {to, channel}: CreateRequest): Recipient | undefined {
  if (channel !== undefined && kindOf(channel) === 'subject') return parseSubject(to);
  const takesSubjects = channel === undefined && policy.channels.some((each) => kindOf(each) === 'subject');
  return (
    sandboxRecipient(client.sandbox, to, policy) ?? parseRecipient(to) ?? (takesSubjects ? parseSubject(to) : undefined)
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
  const code = sealedCode === undefined ? undefined : openFor(keyring, id, sealedCode);
  const charged = limits.flatMap((limit, index) => {
    const state = outcome.limits[index];
    return state === undefined ? [] : [{...limit, ...state}];
  });
  return {kind: 'created', view: {id, policy, snapshot}, limits: charged, ...(code === undefined ? {} : {code})};
}

/** The code of a creation whose answer holds it. A repetition gets an id that may have been made under an older key. */
function openFor(keyring: Keyring, id: string, sealedCode: string): string | undefined {
  const parsed = parseId(keyring, id);
  return parsed.kind === 'ref' ? openCode(parsed.ref.keys, id, sealedCode) : undefined;
}
