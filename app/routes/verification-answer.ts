import {assertNever} from '../domain/assert-never.ts';
import {attemptsRemaining, type NextStep, nextSteps, resendChannels} from '../domain/verification.ts';
import {Problem} from '../errors.ts';
import type {Missing, VerificationView} from '../usecases/context.ts';
import type {CreateResult} from '../usecases/create-verification.ts';

/** A verification as JSON. */
export function toJson({id, policy, snapshot}: VerificationView) {
  const {status, channel, to, locale, reference, createdAt, expiresAt, delivery} = snapshot;
  const next = nextSteps(snapshot, policy.maxResends);
  const resend = [channel, ...resendChannels(policy.channels, channel)].map((each) => [each, stepJson(next.resend)]);
  return {
    id,
    status,
    channel,
    to,
    policy: policy.name,
    ...(locale === undefined ? {} : {locale: locale.includes(',') ? locale.split(',') : locale}),
    ...(reference === undefined ? {} : {reference}),
    createdAt: instant(createdAt),
    expiresAt: instant(expiresAt),
    attemptsRemaining: attemptsRemaining(snapshot),
    delivery: {...delivery, updatedAt: instant(delivery.updatedAt)},
    next: {check: stepJson(next.check), resend: Object.fromEntries(resend), create: stepJson(next.create)},
  };
}

/** Whole seconds to wait, at least one: a caller that waits so long is not too early. */
export function secondsUntil(until: number, at: number): number {
  return Math.max(1, Math.ceil((until - at) / 1000));
}

/** Why a verification that is final takes no more checks, resends or cancellations. */
export function finalProblem(view: VerificationView): Problem {
  const verification = toJson(view);
  const problem = (code: Problem['code'], detail: string) =>
    new Problem({code, detail, extensions: {attemptsRemaining: 0, verification}});
  const {status} = view.snapshot;
  switch (status) {
    case 'approved':
      return problem('verification_already_approved', 'The code was used before. A code is accepted once.');
    case 'expired':
      return problem(
        'verification_expired',
        `The code expired at ${verification.expiresAt}. Create a new verification.`,
      );
    case 'locked':
      return problem(
        'verification_locked',
        'Too many wrong codes were presented. Create a new verification when "next" allows it.',
      );
    case 'canceled':
      return problem('verification_canceled', 'The verification was canceled.');
    case 'superseded':
      return problem('verification_superseded', 'A newer verification of the same recipient has taken its place.');
    case 'undeliverable':
      return problem(
        'verification_undeliverable',
        'No provider took the message. Create a new verification, perhaps to another recipient.',
      );
    case 'lost':
      return missingProblem({kind: 'verification_lost'});
    case 'pending':
      throw new Error('a pending verification is not final');
    default:
      return assertNever(status);
  }
}

/** Why an id leads to no verification. */
export function missingProblem(missing: Missing): Problem {
  const canCreate = {extensions: {next: {create: {allowed: true}}}};
  switch (missing.kind) {
    case 'verification_not_found':
      return new Problem({code: 'verification_not_found', detail: 'The client has no verification with this id.'});
    case 'policy_not_found':
      return new Problem({
        code: 'policy_not_found',
        detail: 'The policy of this verification is not configured any more.',
      });
    case 'verification_lost':
      return new Problem({
        code: 'verification_lost',
        detail: 'The verification existed, but the service has lost it. Create a new one.',
        ...canCreate,
      });
    case 'verification_expired':
      return new Problem({
        code: 'verification_expired',
        detail: 'The verification is over and no longer kept. Create a new one.',
        ...canCreate,
      });
    case 'key_unknown':
      return new Problem({
        code: 'store_unavailable',
        detail: 'The verification cannot be read right now. Nothing was changed; try again.',
        retryAfterSeconds: 5,
        // Anybody can name a key that there is not: it must not look like a store in trouble.
        outcome: 'key_unknown',
        operatorDetail: `an id names the secret key "${missing.kid}", which is not in OTP_SECRET_KEYS`,
      });
    default:
      return assertNever(missing);
  }
}

const knownSeconds = 64;
const seconds = new Map<number, string>();

/**
 * RFC 3339. The instants of answers lie in few different seconds, whose texts are kept: Node takes 0.7 µs to make one, and
 * an answer has five.
 */
function instant(ms: number): string {
  const second = Math.floor(ms / 1000);
  let text = seconds.get(second);
  if (text === undefined) {
    if (seconds.size >= knownSeconds) seconds.clear();
    text = new Date(second * 1000).toISOString().slice(0, -4);
    seconds.set(second, text);
  }
  return `${text}${String(ms - second * 1000).padStart(3, '0')}Z`;
}

function stepJson({allowed, at}: NextStep) {
  return at === undefined ? {allowed} : {allowed, at: instant(at)};
}

/** The same idempotency key came with another request. */
export function idempotencyConflict(): Problem {
  return new Problem({
    code: 'idempotency_conflict',
    detail:
      'This Idempotency-Key came with another request before. Nothing was changed; use a new key for a new request.',
  });
}

interface Refusal {
  readonly at: number;
  readonly until?: number;
  readonly verification?: ReturnType<typeof toJson>;
}

/** No message to this recipient, for now or until somebody unlocks it. */
export function recipientLocked({at, until, verification}: Refusal): Problem {
  return new Problem({
    code: 'recipient_locked',
    detail:
      until === undefined
        ? 'After too many wrong codes in a row the recipient is locked until somebody unlocks it.'
        : 'After too many wrong codes the recipient has to wait for a new one.',
    ...(until === undefined ? {} : {retryAfterSeconds: secondsUntil(until, at)}),
    extensions: nextOf(until, verification),
  });
}

/** A rate limit has nothing left. */
export function rateLimited({limit, until, at}: Extract<CreateResult, {kind: 'rate_limited'}>): Problem {
  return new Problem({
    code: 'rate_limited',
    detail: `The limit of this ${limit.name} is ${limit.count} in ${limit.perSeconds} seconds.`,
    retryAfterSeconds: secondsUntil(until, at),
    extensions: nextOf(until, undefined),
  });
}

/** `to` is nobody. */
export function recipientInvalid(): Problem {
  return new Problem({
    code: 'recipient_invalid',
    detail: 'Neither a phone number with its country code, such as +41446681800, nor a mail address.',
    errors: [{pointer: '/to', detail: 'is no phone number or mail address'}],
  });
}

/** The last message to this recipient is too recent. */
export function sendTooSoon({at, until, verification}: Refusal): Problem {
  return new Problem({
    code: 'resend_too_soon',
    detail: 'A message went to this recipient a moment ago.',
    ...(until === undefined ? {} : {retryAfterSeconds: secondsUntil(until, at)}),
    extensions: nextOf(until, verification),
  });
}

function nextOf(until: number | undefined, verification: Refusal['verification']) {
  if (verification !== undefined) return {verification};
  return {next: {create: {allowed: false, ...(until === undefined ? {} : {at: instant(until)})}}};
}
