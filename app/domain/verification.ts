import {
  blocked,
  type FailureBudget,
  leftInRound,
  type Wait,
  waitBeforeCheck,
  waitBeforeSend,
} from './failure-budget.ts';
import type {Channel} from './policy.ts';
import {kindOf, suits} from './recipient.ts';

/** Where a verification stands. All but `pending` are final. */
export type Status =
  | 'pending'
  | 'approved'
  | 'expired'
  | 'locked'
  | 'canceled'
  | 'superseded'
  | 'undeliverable'
  | 'lost';

/** What became of the last message. `sent`: a provider took it. `delivered`: the provider has told that it arrived. */
export const deliveryStatuses = ['queued', 'sent', 'delivered', 'failed'] as const;
export type DeliveryStatus = (typeof deliveryStatuses)[number];

/** What a store keeps about a verification and its recipient, read at one instant. Instants are ms by the store's clock. */
export interface Snapshot {
  readonly at: number;
  readonly status: Status;
  readonly channel: Channel;
  /** The masked recipient. */
  readonly to: string;
  readonly locale?: string;
  readonly reference?: string;
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly maxAttempts: number;
  readonly failedChecks: number;
  readonly resends: number;
  readonly delivery: {readonly status: DeliveryStatus; readonly provider?: string; readonly updatedAt: number};
  readonly budget: FailureBudget;
  /** No further message to this recipient before this instant. */
  readonly sendableAt: number;
}

/** How a verification's own record says where it stands. */
export type StoredStatus = 'pending' | 'approved' | 'locked' | 'canceled' | 'undeliverable';

/**
 * Where a verification stands at an instant. Expiry and supersession are not written but follow from the clock and from
 * the recipient's list of codes (`unlisted`: the list does not know it); a blocked recipient's codes are locked.
 */
export function statusAt(
  stored: {status: StoredStatus; expiresAt: number},
  recipient: {standing: 'live' | 'superseded' | 'unlisted'; lockedUntil: number},
  at: number,
): Status {
  if (stored.status !== 'pending') return stored.status;
  if (recipient.standing === 'superseded') return 'superseded';
  if (at >= stored.expiresAt) return 'expired';
  if (recipient.standing === 'unlisted') return 'superseded';
  return recipient.lockedUntil === blocked ? 'locked' : 'pending';
}

/** Wrong checks that this verification still takes; the next one after that is not looked at. */
export function attemptsRemaining({
  status,
  maxAttempts,
  failedChecks,
  budget,
}: Pick<Snapshot, 'status' | 'maxAttempts' | 'failedChecks' | 'budget'>): number {
  return status === 'pending'
    ? Math.max(0, Math.min(maxAttempts - failedChecks, leftInRound(budget.failuresInContext, {maxAttempts})))
    : 0;
}

/** The channels of a policy that may carry another message of a verification, whose last one went over `last`. */
export function resendChannels(channels: readonly Channel[], last: Channel): Channel[] {
  return channels.filter((channel) => channel !== 'direct' && last !== 'direct' && suits(kindOf(last), channel));
}

/** Whether a step is open to the caller, and if not now, when. Without `at` no waiting helps. */
export interface NextStep {
  readonly allowed: boolean;
  /** ms by the store's clock. */
  readonly at?: number;
}

/** What the caller may do next, so that a user interface needs no rules of its own. */
export interface NextSteps {
  readonly check: NextStep;
  readonly resend: NextStep;
  readonly create: NextStep;
}

/** The next steps of a verification whose policy allows `maxResends`. */
export function nextSteps(snapshot: Snapshot, maxResends: number): NextSteps {
  const {at, status, channel, expiresAt, budget, resends, sendableAt} = snapshot;
  const pending = status === 'pending';
  const check = pending ? step(waitBeforeCheck(budget, at), at) : never;
  const send = step(waitBeforeSend(budget, at), at, sendableAt);
  return {
    check: reaches(check, expiresAt),
    resend: pending && channel !== 'direct' && resends < maxResends ? reaches(send, expiresAt) : never,
    create: send,
  };
}

const never: NextStep = {allowed: false};

function step(wait: Wait, at: number, notBefore = 0): NextStep {
  if (wait.kind === 'blocked') return never;
  const opensAt = Math.max(wait.kind === 'until' ? wait.at : 0, notBefore);
  return opensAt > at ? {allowed: false, at: opensAt} : {allowed: true};
}

/** A step that opens only after the code has expired never opens. */
function reaches(next: NextStep, expiresAt: number): NextStep {
  return next.at !== undefined && next.at >= expiresAt ? never : next;
}
