import type {Channel} from '../domain/policy.ts';
import type {DeliveryStatus, Snapshot, Status} from '../domain/verification.ts';
import {
  type CancelOutcome,
  type CheckOutcome,
  type CreateOutcome,
  type RateLimitState,
  type ReadOutcome,
  type ResendOutcome,
  StoreError,
} from './store.ts';

/** What the scripts store for the caller and do not read themselves. */
export interface Info {
  readonly channel: Channel;
  readonly to: string;
  readonly locale?: string;
  readonly reference?: string;
}

const statuses: Record<string, Status> = {
  p: 'pending',
  a: 'approved',
  l: 'locked',
  c: 'canceled',
  u: 'undeliverable',
  x: 'expired',
  s: 'superseded',
  g: 'lost',
};
const deliveries: Record<string, DeliveryStatus> = {q: 'queued', s: 'sent', d: 'delivered', f: 'failed'};

type AnyOutcome = CreateOutcome | CheckOutcome | ResendOutcome | CancelOutcome | ReadOutcome;

/** Where a reply's snapshot ends; a creation's reply goes on. */
const snapshotEnd = 18;
/** These may come without a snapshot; all others tell one. */
const bareKinds: readonly AnyOutcome['kind'][] = [
  'not_found',
  'idempotency_conflict',
  'rate_limited',
  'recipient_locked',
  'send_too_soon',
];

/** Reads the reply of a script on a verification: `[kind, until, at, …snapshot, …]`; the one place that knows its order. */
export function toOutcome<Outcome extends AnyOutcome>(reply: unknown, kinds: readonly Outcome['kind'][]): Outcome {
  try {
    return readOutcome(reply, kinds);
  } catch (error) {
    // The script has run: a record that cannot be read is no reason to run it again.
    throw new StoreError(
      'unknown',
      `unreadable reply of a script: ${error instanceof Error ? error.message : String(error)}`,
      error,
    );
  }
}

function readOutcome<Outcome extends AnyOutcome>(reply: unknown, kinds: readonly Outcome['kind'][]): Outcome {
  if (!Array.isArray(reply)) throw new TypeError(`unexpected reply ${JSON.stringify(reply)}`);
  const [kind, until, at] = reply;
  if (!kinds.some((known) => known === kind)) throw new TypeError(`unexpected reply of kind ${JSON.stringify(kind)}`);
  if (reply.length < snapshotEnd && !bareKinds.includes(kind))
    throw new TypeError(`reply "${kind}" without a snapshot`);
  const outcome = {
    kind,
    ...(at === undefined ? {} : {at}),
    ...(until > 0 ? {until} : {}),
    ...(kind === 'rate_limited' ? {limit: reply[3]} : {}),
    ...(reply.length >= snapshotEnd ? {snapshot: toSnapshot(reply)} : {}),
    ...(kind === 'created'
      ? {
          id: String(reply[snapshotEnd]),
          ...(reply[snapshotEnd + 1] === '' ? {} : {sealedCode: String(reply[snapshotEnd + 1])}),
          limits: toLimits(reply.slice(snapshotEnd + 2)),
        }
      : {}),
  };
  return outcome as unknown as Outcome;
}

/** A script's reply as it would be for this outcome: the inverse of `toOutcome`, for outcomes that a process remembers. */
export function toReply(outcome: CreateOutcome | CheckOutcome | ResendOutcome): (string | number)[] {
  if (!('snapshot' in outcome)) throw new TypeError(`an outcome of kind ${outcome.kind} is not remembered`);
  const {snapshot: s} = outcome;
  const {channel, to, locale, reference} = s;
  const info: Info = {
    channel,
    to,
    ...(locale === undefined ? {} : {locale}),
    ...(reference === undefined ? {} : {reference}),
  };
  return [
    outcome.kind,
    0,
    s.at,
    letterOf(statuses, s.status),
    JSON.stringify(info),
    s.createdAt,
    s.expiresAt,
    s.maxAttempts,
    s.failedChecks,
    s.resends,
    letterOf(deliveries, s.delivery.status),
    s.delivery.provider ?? '',
    s.delivery.updatedAt,
    s.budget.failures,
    s.budget.failuresInContext,
    s.budget.checkableAt,
    s.budget.lockedUntil,
    s.sendableAt,
    ...(outcome.kind === 'created'
      ? [
          outcome.id,
          outcome.sealedCode ?? '',
          ...outcome.limits.flatMap(({remaining, resetAt}) => [remaining, resetAt]),
        ]
      : []),
  ];
}

/** The letter that scripts know a status by. */
export function statusLetter(status: Status): string {
  return letterOf(statuses, status);
}

/** The letter that scripts know a delivery status by. */
export function deliveryLetter(status: DeliveryStatus): string {
  return letterOf(deliveries, status);
}

function letterOf<T>(letters: Record<string, T>, value: T): string {
  const [letter] = Object.entries(letters).find(([, known]) => known === value) ?? [];
  if (letter === undefined) throw new TypeError(`no letter for ${JSON.stringify(value)}`);
  return letter;
}

function toLimits(numbers: readonly number[]): RateLimitState[] {
  return Array.from({length: numbers.length / 2}, (_, index) => ({
    remaining: Number(numbers[2 * index]),
    resetAt: Number(numbers[2 * index + 1]),
  }));
}

function toSnapshot(reply: readonly unknown[]): Snapshot {
  const [
    ,
    ,
    at,
    status,
    info,
    createdAt,
    expiresAt,
    maxAttempts,
    failedChecks,
    resends,
    delivery,
    provider,
    updatedAt,
  ] = reply;
  const [failures, failuresInContext, checkableAt, lockedUntil, sendableAt] = reply.slice(13, snapshotEnd).map(Number);
  return {
    ...(JSON.parse(String(info)) as Info),
    at: Number(at),
    status: known(statuses, status),
    createdAt: Number(createdAt),
    expiresAt: Number(expiresAt),
    maxAttempts: Number(maxAttempts),
    failedChecks: Number(failedChecks),
    resends: Number(resends),
    delivery: {
      status: known(deliveries, delivery),
      ...(provider === '' ? {} : {provider: String(provider)}),
      updatedAt: Number(updatedAt),
    },
    budget: {
      failures: failures ?? 0,
      failuresInContext: failuresInContext ?? 0,
      checkableAt: checkableAt ?? 0,
      lockedUntil: lockedUntil ?? 0,
    },
    sendableAt: sendableAt ?? 0,
  };
}

function known<T>(letters: Record<string, T>, letter: unknown): T {
  const value = letters[String(letter)];
  if (value === undefined) throw new TypeError(`unexpected letter ${JSON.stringify(letter)} in a reply`);
  return value;
}
