import type {Channel} from '../domain/policy.ts';
import type {DeliveryStatus, Snapshot, Status} from '../domain/verification.ts';
import type {CancelOutcome, CheckOutcome, CreateOutcome, ReadOutcome, ResendOutcome} from './store.ts';

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
};
const deliveries: Record<string, DeliveryStatus> = {q: 'queued', s: 'sent', f: 'failed'};
export const deliveryLetters: Record<Exclude<DeliveryStatus, 'queued'>, string> = {sent: 's', failed: 'f'};

type AnyOutcome = CreateOutcome | CheckOutcome | ResendOutcome | CancelOutcome | ReadOutcome;

/** Reads the reply of a script on a verification: `[kind, until, at, …snapshot]`; the one place that knows its order. */
export function toOutcome<Outcome extends AnyOutcome>(reply: unknown, kinds: readonly Outcome['kind'][]): Outcome {
  if (!Array.isArray(reply)) throw new TypeError(`unexpected reply ${JSON.stringify(reply)}`);
  const [kind, until, at] = reply;
  if (!kinds.some((known) => known === kind)) throw new TypeError(`unexpected reply of kind ${JSON.stringify(kind)}`);
  const outcome = {
    kind,
    ...(at === undefined ? {} : {at}),
    ...(until > 0 ? {until} : {}),
    ...(reply.length > 3 ? {snapshot: toSnapshot(reply)} : {}),
  };
  return outcome as Outcome;
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
    failures,
    checkableAt,
    lockedUntil,
    sendableAt,
  ] = reply;
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
    budget: {failures: Number(failures), checkableAt: Number(checkableAt), lockedUntil: Number(lockedUntil)},
    sendableAt: Number(sendableAt),
  };
}

function known<T>(letters: Record<string, T>, letter: unknown): T {
  const value = letters[String(letter)];
  if (value === undefined) throw new TypeError(`unexpected letter ${JSON.stringify(letter)} in a reply`);
  return value;
}
