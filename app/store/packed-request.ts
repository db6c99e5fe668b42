import {deliveryStatuses, type Snapshot, type Status} from '../domain/verification.ts';
import type {RememberedOutcome} from './holding.ts';

/** What was answered to a request that may come again. */
export interface RequestRecord {
  readonly fingerprint: string;
  readonly outcome: RememberedOutcome;
  readonly endsAt: number;
  /** Key of the recipient that it was about. */
  readonly recipient: string;
}

const statuses: readonly Status[] = [
  'pending',
  'approved',
  'expired',
  'locked',
  'canceled',
  'superseded',
  'undeliverable',
  'lost',
];

/** An instant: ms since the one at which the snapshot was taken, or, as text, one that stands for "none" (0, -1). */
type Moment = number | string;

type Packed = [
  kind: RememberedOutcome['kind'],
  at: number,
  status: number,
  channel: Snapshot['channel'],
  to: string,
  locale: string | 0,
  reference: string | 0,
  createdAt: Moment,
  expiresAt: Moment,
  maxAttempts: number,
  failedChecks: number,
  resends: number,
  delivery: number,
  provider: string | 0,
  updatedAt: Moment,
  failures: number,
  failuresInContext: number,
  checkableAt: Moment,
  lockedUntil: Moment,
  sendableAt: Moment,
  /** Of a creation: id, sealed code or 0, and of each limit what is left and when all of it is back. */
  ...Moment[],
];

/**
 * A request as text: a tenth of what its objects take, and a third of them as JSON with names. A memory store keeps one for
 * each request that may come again, and asks for few of them.
 */
export function packRequest({fingerprint, endsAt, recipient, outcome}: RequestRecord): string {
  const values = packed(outcome);
  return JSON.stringify([fingerprint, endsAt - values[1], recipient, values]);
}

export function unpackRequest(text: string): RequestRecord {
  const [fingerprint, endsInMs, recipient, values] = JSON.parse(text) as [string, number, string, Packed];
  return {fingerprint, endsAt: values[1] + endsInMs, recipient, outcome: unpacked(values)};
}

function packed(outcome: RememberedOutcome): Packed {
  if (!('snapshot' in outcome)) throw new TypeError(`an outcome of kind ${outcome.kind} is not remembered`);
  const {at, delivery, budget, ...s} = outcome.snapshot;
  const since = (instant: number): Moment => (instant > 0 ? instant - at : String(instant));
  const values: Packed = [
    outcome.kind,
    at,
    statuses.indexOf(s.status),
    s.channel,
    s.to,
    s.locale ?? 0,
    s.reference ?? 0,
    since(s.createdAt),
    since(s.expiresAt),
    s.maxAttempts,
    s.failedChecks,
    s.resends,
    deliveryStatuses.indexOf(delivery.status),
    delivery.provider ?? 0,
    since(delivery.updatedAt),
    budget.failures,
    budget.failuresInContext,
    since(budget.checkableAt),
    since(budget.lockedUntil),
    since(s.sendableAt),
  ];
  if (outcome.kind === 'created')
    values.push(
      outcome.id,
      outcome.sealedCode ?? 0,
      ...outcome.limits.flatMap(({remaining, resetAt}) => [remaining, since(resetAt)]),
    );
  return values;
}

function unpacked(values: Packed): RememberedOutcome {
  const [kind, at, status, channel, to, locale, reference, createdAt, expiresAt, ...rest] = values;
  const [maxAttempts, failedChecks, resends, delivered, provider, updatedAt, failures, failuresInContext, ...more] =
    rest;
  const [checkableAt, lockedUntil, sendableAt, id, sealedCode, ...limits] = more;
  const instant = (moment: Moment | undefined) => (typeof moment === 'number' ? at + moment : Number(moment));
  const snapshot: Snapshot = {
    at,
    status: known(statuses[status]),
    channel,
    to,
    createdAt: instant(createdAt),
    expiresAt: instant(expiresAt),
    maxAttempts,
    failedChecks,
    resends,
    delivery: {
      status: known(deliveryStatuses[delivered]),
      ...(provider === 0 ? {} : {provider}),
      updatedAt: instant(updatedAt),
    },
    budget: {failures, failuresInContext, checkableAt: instant(checkableAt), lockedUntil: instant(lockedUntil)},
    sendableAt: instant(sendableAt),
    ...(locale === 0 ? {} : {locale}),
    ...(reference === 0 ? {} : {reference}),
  };
  return {
    kind,
    ...(id === undefined
      ? {}
      : {
          id,
          limits: Array.from({length: limits.length / 2}, (_, index) => ({
            remaining: limits[2 * index],
            resetAt: instant(limits[2 * index + 1]),
          })),
        }),
    snapshot,
    ...(id === undefined || sealedCode === 0 ? {} : {sealedCode}),
  } as RememberedOutcome;
}

function known<T>(value: T | undefined): T {
  if (value === undefined) throw new RangeError('a packed request with a state that there is not');
  return value;
}
