import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {
  afterFailure,
  blocked,
  defaultBudgetTimings,
  type FailureBudget,
  untouchedBudget,
  waitBeforeCheck,
  waitBeforeSend,
} from './failure-budget.ts';

const limits = {maxAttempts: 5, blockAfter: 100};

function fail(count: number, at = 0, rules = limits): FailureBudget {
  let budget = untouchedBudget;
  for (let i = 0; i < count; i++) budget = afterFailure(budget, rules, defaultBudgetTimings, at);
  return budget;
}

describe('the failure budget', () => {
  it.each([
    [1, 0, 0],
    [2, 0, 0],
    [3, 1000, 0],
    [4, 2000, 0],
    [5, 0, 30_000],
    [6, 4000, 0],
    [10, 0, 60_000],
    [15, 0, 120_000],
    [35, 0, 1_920_000],
    [40, 0, 3_600_000],
    [95, 0, 3_600_000],
  ])('after failure %i waits %i ms for a check, %i ms for anything', (failures, checkMs, lockMs) => {
    expect(fail(failures)).toEqual({failures, failuresInContext: failures, checkableAt: checkMs, lockedUntil: lockMs});
  });

  it('blocks at the hundredth failure, and a stricter policy at its own', () => {
    expect(fail(100).lockedUntil).toBe(blocked);
    expect(waitBeforeCheck(fail(100), Number.MAX_SAFE_INTEGER)).toEqual({kind: 'blocked'});
    expect(waitBeforeSend(fail(5, 0, {maxAttempts: 3, blockAfter: 5}), 0)).toEqual({kind: 'blocked'});
  });

  it('waits until the instant, and not after it', () => {
    const budget = fail(5, 1000);
    expect(waitBeforeSend(budget, 30_999)).toEqual({kind: 'until', at: 31_000});
    expect(waitBeforeSend(budget, 31_000)).toEqual({kind: 'none'});
    expect(waitBeforeSend(fail(3), 0)).toEqual({kind: 'none'});
  });

  it('never lets more than blockAfter guesses pass, and none while a wait runs', () => {
    const rules = fc.record({maxAttempts: fc.integer({min: 1, max: 10}), blockAfter: fc.integer({min: 10, max: 100})});
    fc.assert(
      fc.property(
        rules,
        fc.array(fc.integer({min: 0, max: 7_200_000}), {minLength: 1, maxLength: 400}),
        (limits, pauses) => {
          let budget = untouchedBudget;
          let at = 0;
          let guesses = 0;
          for (const pause of pauses) {
            at += pause;
            if (waitBeforeCheck(budget, at).kind !== 'none') continue;
            guesses++;
            const next = afterFailure(budget, limits, defaultBudgetTimings, at);
            expect(next.failures).toBe(budget.failures + 1);
            expect(Math.max(next.checkableAt, next.lockedUntil) - at).toBeLessThanOrEqual(3_600_000);
            budget = next;
          }
          expect(guesses).toBeLessThanOrEqual(limits.blockAfter);
        },
      ),
    );
  });
});
