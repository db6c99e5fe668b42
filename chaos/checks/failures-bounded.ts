import {describeOperation, type Operation} from '../history.ts';
import {isAcceptance} from './by-verification.ts';
import type {Checker} from './checker.ts';

/**
 * The failure budget of a recipient, over all codes: after a round of wrong checks comes a wait. So one wrong check more than a
 * round holds, without an acceptance between, must take at least as long as the wait. Where a round began does not matter.
 */
export const failuresBounded: Checker = ({operations}, {failuresPerLockoutMax, lockoutMs}) => {
  const violations: string[] = [];
  let mostInARow = 0;
  for (const [recipient, streaks] of streaksByRecipient(operations)) {
    for (const streak of streaks) {
      mostInARow = Math.max(mostInARow, streak.length);
      streak.forEach((first, position) => {
        const oneTooMany = streak[position + failuresPerLockoutMax];
        if (oneTooMany && oneTooMany.endMs - first.startMs < lockoutMs) {
          const tookMs = Math.round(oneTooMany.endMs - first.startMs);
          violations.push(
            `${recipient}: ${failuresPerLockoutMax + 1} wrong checks within ${tookMs} ms, the last ${describeOperation(oneTooMany)}`,
          );
        }
      });
    }
  }
  return {
    claim: 'one recipient takes a bounded number of guesses, over all its codes',
    about: 'order',
    bound: `≤ ${failuresPerLockoutMax} wrong checks per ${lockoutMs / 1000} s without an acceptance`,
    measured: `${violations.length} rounds too large; longest row of wrong checks ${mostInARow}`,
    violations,
  };
};

/** Rows of wrong checks that no acceptance interrupts. */
function streaksByRecipient(operations: readonly Operation[]): Map<string, Operation[][]> {
  const streaks = new Map<string, Operation[][]>();
  for (const operation of operations.toSorted((a, b) => a.endMs - b.endMs)) {
    const rows = streaks.get(operation.recipient) ?? [[]];
    streaks.set(operation.recipient, rows);
    if (isAcceptance(operation)) rows.push([]);
    else if (operation.errorCode === 'code_incorrect') rows.at(-1)?.push(operation);
  }
  return streaks;
}
