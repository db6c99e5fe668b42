import type {BudgetTimings} from '../../domain/failure-budget.ts';
import type {Snapshot, Status} from '../../domain/verification.ts';
import {tombstoneMs} from '../store.ts';

/** The rules of a store in the fewest words: what both stores are compared with. Its clock stands until it is moved. */

export const modelLimits = {
  maxAttempts: 2,
  blockAfter: 5,
  maxPending: 2,
  maxResends: 1,
  lifetimeMs: 5_400_000,
  resendIntervalMs: 180_000,
} as const;

/** No two of its waits end at nearly the same time. The length of remembering is the real one: 400 days. */
export const modelTimings: BudgetTimings = {
  waitFromFailure: 1,
  waitMs: 120_000,
  maxWaitMs: 400_000,
  roundWaitMs: 1_200_000,
  maxRoundWaitMs: 2_100_000,
  rememberMs: 400 * 86_400_000,
};

/** What a store tells of a verification, its instants as the time that is left until then (0 once it has passed). */
export interface Told {
  readonly status: Status;
  readonly failedChecks: number;
  readonly resends: number;
  readonly failures: number;
  readonly failuresInContext: number;
  readonly expiresInMs: number;
  readonly checkableInMs: number;
  /** -1: blocked. */
  readonly lockedInMs: number;
  readonly sendableInMs: number;
}

export function toldBy({at, status, failedChecks, resends, expiresAt, budget, sendableAt}: Snapshot): Told {
  const left = (instant: number) => Math.max(0, instant - at);
  const {failures, failuresInContext, checkableAt, lockedUntil} = budget;
  return {
    status,
    failedChecks,
    resends,
    failures,
    failuresInContext,
    expiresInMs: left(expiresAt),
    checkableInMs: left(checkableAt),
    lockedInMs: lockedUntil === -1 ? -1 : left(lockedUntil),
    sendableInMs: left(sendableAt),
  };
}

interface Context {
  failures: number;
  checkableAt: number;
  lockedUntil: number;
}

interface Verification {
  readonly recipient: string;
  readonly context: string;
  status: Extract<Status, 'pending' | 'approved' | 'locked' | 'canceled' | 'superseded'>;
  expiresAt: number;
  failed: number;
  resends: number;
  erased: boolean;
}

interface Recipient {
  failures: number;
  contexts: Record<string, Context>;
  sendableAt: number;
  keptUntil: number;
}

export class ReferenceModel {
  now = 0;
  readonly #recipients = new Map<string, Recipient>();
  readonly #verifications: Verification[] = [];

  get created(): number {
    return this.#verifications.length;
  }

  /** The instants to come at which something changes, the next first. */
  get instants(): number[] {
    const ofVerifications = this.#verifications.flatMap(({expiresAt}) => [expiresAt, expiresAt + tombstoneMs]);
    const ofRecipients = [...this.#recipients.values()].flatMap(({sendableAt, keptUntil, contexts}) => [
      sendableAt,
      keptUntil,
      ...Object.values(contexts).flatMap(({checkableAt, lockedUntil}) => [checkableAt, lockedUntil]),
    ]);
    return [...new Set([...ofVerifications, ...ofRecipients])].filter((at) => at > this.now).toSorted((a, b) => a - b);
  }

  create(name: string, context: string): string {
    const recipient = this.#recipient(name);
    if (isBlocked(recipient) || contextOf(recipient, context).lockedUntil > this.now) return 'recipient_locked';
    if (recipient.sendableAt > this.now) return 'send_too_soon';
    const live = this.#verifications.filter((each) => each.recipient === name && isLive(each, this.now));
    if (live[0] !== undefined && live.length === modelLimits.maxPending) live[0].status = 'superseded';
    const expiresAt = this.now + modelLimits.lifetimeMs;
    this.#verifications.push({
      recipient: name,
      context,
      status: 'pending',
      expiresAt,
      failed: 0,
      resends: 0,
      erased: false,
    });
    recipient.sendableAt = this.now + modelLimits.resendIntervalMs;
    recipient.keptUntil = Math.max(recipient.keptUntil, expiresAt + tombstoneMs);
    return 'created';
  }

  check(index: number, right: boolean): string {
    return this.#onPending(index, (verification) => {
      const {recipient: name, context} = verification;
      const recipient = this.#recipient(name);
      const {failures, checkableAt, lockedUntil} = contextOf(recipient, context);
      if (Math.max(checkableAt, lockedUntil) > this.now) return 'too_soon';
      if (right) {
        verification.status = 'approved';
        this.unlock(name);
        const ends = this.#verifications.flatMap((each) =>
          each.recipient === name && !each.erased ? [each.expiresAt] : [],
        );
        recipient.keptUntil = Math.max(this.now, ...ends) + tombstoneMs;
        return 'approved';
      }
      verification.failed++;
      recipient.failures++;
      recipient.keptUntil = Math.max(recipient.keptUntil, this.now + modelTimings.rememberMs);
      recipient.contexts[context] = {failures: failures + 1, ...this.#waits(failures + 1)};
      const endsRound = (failures + 1) % modelLimits.maxAttempts === 0;
      if (endsRound || isBlocked(recipient) || verification.failed === modelLimits.maxAttempts)
        verification.status = 'locked';
      return 'incorrect';
    });
  }

  resend(index: number): string {
    return this.#onPending(index, (verification) => {
      const {recipient: name, context} = verification;
      const recipient = this.#recipient(name);
      if (verification.resends === modelLimits.maxResends) return 'limit_reached';
      if (contextOf(recipient, context).lockedUntil > this.now) return 'recipient_locked';
      if (recipient.sendableAt > this.now) return 'send_too_soon';
      verification.resends++;
      verification.expiresAt = this.now + modelLimits.lifetimeMs;
      recipient.sendableAt = this.now + modelLimits.resendIntervalMs;
      recipient.keptUntil = Math.max(recipient.keptUntil, verification.expiresAt + tombstoneMs);
      return 'resent';
    });
  }

  cancel(index: number): string {
    if (this.#verification(index)?.status === 'canceled') return 'canceled';
    return this.#onPending(index, (verification) => {
      verification.status = 'canceled';
      return 'canceled';
    });
  }

  unlock(name: string): void {
    const recipient = this.#recipient(name);
    recipient.failures = 0;
    recipient.contexts = {};
  }

  erase(name: string): void {
    for (const verification of this.#verifications) if (verification.recipient === name) verification.erased = true;
    this.#recipient(name).sendableAt = 0;
  }

  /** What a read tells; undefined if it finds nothing. */
  read(index: number): Told | undefined {
    const verification = this.#verification(index);
    if (verification === undefined) return undefined;
    const {recipient: name, context, failed: failedChecks, resends, expiresAt} = verification;
    const recipient = this.#recipient(name);
    const {failures: failuresInContext, checkableAt, lockedUntil} = contextOf(recipient, context);
    const left = (instant: number) => Math.max(0, instant - this.now);
    return {
      status: this.#statusOf(verification),
      failedChecks,
      resends,
      failures: recipient.failures,
      failuresInContext,
      expiresInMs: left(expiresAt),
      checkableInMs: left(checkableAt),
      lockedInMs: isBlocked(recipient) ? -1 : left(lockedUntil),
      sendableInMs: left(recipient.sendableAt),
    };
  }

  #waits(failures: number): Pick<Context, 'checkableAt' | 'lockedUntil'> {
    const {waitFromFailure, waitMs, maxWaitMs, roundWaitMs, maxRoundWaitMs} = modelTimings;
    const round = failures / modelLimits.maxAttempts;
    if (Number.isInteger(round))
      return {checkableAt: 0, lockedUntil: this.now + Math.min(roundWaitMs * 2 ** (round - 1), maxRoundWaitMs)};
    const wait = failures < waitFromFailure ? 0 : Math.min(waitMs * 2 ** (failures - waitFromFailure), maxWaitMs);
    return {checkableAt: wait === 0 ? 0 : this.now + wait, lockedUntil: 0};
  }

  #onPending(index: number, run: (verification: Verification) => string): string {
    const verification = this.#verification(index);
    if (verification === undefined) return 'not_found';
    return this.#statusOf(verification) === 'pending' ? run(verification) : 'final';
  }

  #statusOf(verification: Verification): Status {
    if (verification.status !== 'pending') return verification.status;
    if (this.now >= verification.expiresAt) return 'expired';
    return isBlocked(this.#recipient(verification.recipient)) ? 'locked' : 'pending';
  }

  /** The verification, while it is kept. */
  #verification(index: number): Verification | undefined {
    const verification = this.#verifications[index];
    if (verification === undefined || verification.erased) return undefined;
    return this.now < verification.expiresAt + tombstoneMs ? verification : undefined;
  }

  #recipient(name: string): Recipient {
    const known = this.#recipients.get(name);
    if (known !== undefined && this.now < known.keptUntil) return known;
    const recipient = {failures: 0, contexts: {}, sendableAt: 0, keptUntil: 0};
    this.#recipients.set(name, recipient);
    return recipient;
  }
}

function contextOf({contexts}: Recipient, context: string): Context {
  return contexts[context] ?? {failures: 0, checkableAt: 0, lockedUntil: 0};
}

function isBlocked({failures}: Recipient): boolean {
  return failures >= modelLimits.blockAfter;
}

function isLive({status, expiresAt, erased}: Verification, at: number): boolean {
  return status === 'pending' && expiresAt > at && !erased;
}
