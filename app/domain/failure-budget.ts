/**
 * The failure budget: consecutive wrong checks of one client × policy × recipient, over all its codes. It bounds a
 * guesser through resends and new codes, because neither gives anything back (NIST SP 800-63B-4 §3.2.2). Waits belong
 * to a context (the IP prefix or device that the caller named at the creation), so that a stranger's guesses do not lock
 * the owner out; the number that blocks counts them all.
 */
export interface FailureBudget {
  /** Wrong checks since the last approval, in all contexts. */
  readonly failures: number;
  /** Those in this context. */
  readonly failuresInContext: number;
  /** No check before this instant (ms by the store's clock); 0 when there is no wait. */
  readonly checkableAt: number;
  /** No new code, resend or check before this instant; `blocked` until somebody unlocks the recipient. */
  readonly lockedUntil: number | typeof blocked;
}

export const blocked = -1;
export const untouchedBudget: FailureBudget = {failures: 0, failuresInContext: 0, checkableAt: 0, lockedUntil: 0};

/** The waits of every policy. Tests of stores that keep real time use shorter ones. */
export interface BudgetTimings {
  /** The failure from which on each is followed by a wait. */
  readonly waitFromFailure: number;
  /** The first wait; each further one doubles it. */
  readonly waitMs: number;
  readonly maxWaitMs: number;
  /** The wait after a full round of failures; each further round doubles it. */
  readonly roundWaitMs: number;
  readonly maxRoundWaitMs: number;
  /** How long a failure is remembered. */
  readonly rememberMs: number;
}

const day = 86_400_000;

/** 1, 2, 4 s from the third failure on; 30 s to 1 h after each round (the span that NIST names); 400 days. */
export const defaultBudgetTimings: BudgetTimings = {
  waitFromFailure: 3,
  waitMs: 1000,
  maxWaitMs: 4000,
  roundWaitMs: 30_000,
  maxRoundWaitMs: 3_600_000,
  rememberMs: 400 * day,
};

/** What of a policy the budget goes by. */
export interface BudgetLimits {
  /** Failures in a round. */
  readonly maxAttempts: number;
  /** Failures in a row after which the recipient is blocked. */
  readonly blockAfter: number;
}

/** The budget after one more failure at `at` (ms). */
export function afterFailure(
  budget: FailureBudget,
  limits: BudgetLimits,
  timings: BudgetTimings,
  at: number,
): FailureBudget {
  const counted = {failures: budget.failures + 1, failuresInContext: budget.failuresInContext + 1};
  const {checkableAt, lockedUntil} = waitsAfter(counted.failuresInContext, limits, timings, at);
  return {...counted, checkableAt, lockedUntil: counted.failures >= limits.blockAfter ? blocked : lockedUntil};
}

function waitsAfter(failures: number, limits: Pick<BudgetLimits, 'maxAttempts'>, timings: BudgetTimings, at: number) {
  if (endsRound(failures, limits)) {
    const round = failures / limits.maxAttempts;
    return {checkableAt: 0, lockedUntil: at + Math.min(timings.roundWaitMs * 2 ** (round - 1), timings.maxRoundWaitMs)};
  }
  if (failures < timings.waitFromFailure) return {checkableAt: 0, lockedUntil: 0};
  return {
    checkableAt: at + Math.min(timings.waitMs * 2 ** (failures - timings.waitFromFailure), timings.maxWaitMs),
    lockedUntil: 0,
  };
}

/** Whether the failure with this number is the last of a round: it locks the code that was tried. */
export function endsRound(failures: number, limits: Pick<BudgetLimits, 'maxAttempts'>): boolean {
  return failures > 0 && failures % limits.maxAttempts === 0;
}

/** Failures left in the current round. */
export function leftInRound(failures: number, {maxAttempts}: Pick<BudgetLimits, 'maxAttempts'>): number {
  return maxAttempts - (failures % maxAttempts);
}

export type Wait = {readonly kind: 'none'} | {readonly kind: 'until'; readonly at: number} | {readonly kind: 'blocked'};

/** What keeps the recipient from checking a code now. */
export function waitBeforeCheck(budget: FailureBudget, at: number): Wait {
  return waitUntil(budget.lockedUntil === blocked ? blocked : Math.max(budget.lockedUntil, budget.checkableAt), at);
}

/** What keeps the recipient from being sent another code now. */
export function waitBeforeSend(budget: FailureBudget, at: number): Wait {
  return waitUntil(budget.lockedUntil, at);
}

function waitUntil(instant: number, at: number): Wait {
  if (instant === blocked) return {kind: 'blocked'};
  return instant > at ? {kind: 'until', at: instant} : {kind: 'none'};
}
