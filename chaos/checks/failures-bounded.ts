import {describeOperation, type Operation, type RecordedRun} from '../history.ts';
import {type Bounds, type Checker, calmMs} from './checker.ts';

/**
 * The failure budget of a recipient, over all codes: after a round of wrong checks comes a wait. So one wrong check more than is
 * allowed holds, without an acceptance between, must take at least as long as the wait. Where a round began does not matter.
 *
 * While the store is away each owner grants a round of its own. Afterwards all are added up: who has had a round, wherever, gets nothing,
 * unless what one of those places had counted is lost.
 */
export const failuresBounded: Checker = (run, bounds) => {
  const {failuresPerLockoutMax: round, lockoutMs, ownersMax, budgetsRollBack} = bounds;
  const throughFaultMax = round * (1 + ownersMax);
  const afterwardsMax = budgetsRollBack ? 2 * round : round;
  const violations: string[] = [];
  let mostInARow = 0;
  for (const [recipient, streaks] of streaksByRecipient(run.operations)) {
    for (const streak of streaks) {
      mostInARow = Math.max(mostInARow, streak.length);
      streak.forEach((last, position) => {
        const max = isIn(last, run, bounds) ? throughFaultMax : last.endMs < run.fault.startMs ? round : afterwardsMax;
        const first = streak[position - max];
        if (!first || last.endMs - first.startMs >= lockoutMs) return;
        const tookMs = Math.round(last.endMs - first.startMs);
        violations.push(
          `${recipient}: ${max + 1} wrong checks within ${tookMs} ms, the last ${describeOperation(last)}`,
        );
      });
    }
  }
  return {
    claim: 'one recipient takes a bounded number of guesses, over all its codes',
    about: 'order',
    bound: `≤ ${round} wrong checks per ${lockoutMs / 1000} s without an acceptance; ≤ ${throughFaultMax} through the fault, ≤ ${afterwardsMax} afterwards`,
    measured: `${violations.length} rounds too large; longest row of wrong checks ${mostInARow}`,
    strain: mostInARow,
    violations,
  };
};

/** Whether a check may have been counted apart from those before the fault. */
function isIn({startMs, endMs}: Operation, run: RecordedRun, bounds: Bounds): boolean {
  return endMs >= run.fault.startMs && startMs < calmMs(run, bounds);
}

/** Rows of wrong checks that nothing interrupts which may have been an acceptance. */
function streaksByRecipient(operations: readonly Operation[]): Map<string, Operation[][]> {
  const streaks = new Map<string, Operation[][]>();
  for (const operation of operations) {
    const rows = streaks.get(operation.recipient) ?? [[]];
    streaks.set(operation.recipient, rows);
    if (operation.guess === 'right' && operation.outcome !== 'fail') rows.push([]);
    else if (operation.errorCode === 'code_incorrect') rows.at(-1)?.push(operation);
  }
  return streaks;
}
