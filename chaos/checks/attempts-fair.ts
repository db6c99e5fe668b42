import {describeOperation} from '../history.ts';
import type {Checker} from './checker.ts';
import {streaksByRecipient} from './failures-bounded.ts';

/**
 * A wrong check costs one attempt, and only that. What was refused as not executed must not have cost one, and what was executed must not
 * have been executed twice: no answer may promise less than what is left after everything that can have counted.
 */
export const attemptsFair: Checker = ({operations}, {wrongChecksMax}) => {
  const violations: string[] = [];
  let told = 0;
  const byRecipient = Map.groupBy(
    operations.filter(({guess}) => guess !== undefined),
    ({recipient}) => recipient,
  );
  for (const [recipient, streaks] of streaksByRecipient(operations)) {
    const wrong = (byRecipient.get(recipient) ?? []).filter(({guess}) => guess === 'wrong');
    for (const streak of streaks) {
      for (const answered of streak) {
        if (answered.attemptsRemaining === undefined) continue;
        told++;
        const possible = wrong.filter(
          ({outcome, errorCode, startMs}) =>
            startMs < answered.endMs && (outcome === 'unknown' || errorCode === 'code_incorrect'),
        ).length;
        if (answered.attemptsRemaining < wrongChecksMax - possible) {
          violations.push(
            `${describeOperation(answered)}: ${answered.attemptsRemaining} left after ${possible} wrong checks`,
          );
        }
      }
    }
  }
  return {
    claim: 'a wrong check costs one attempt, and one that was not executed costs none',
    about: 'order',
    bound: `attempts left ≥ ${wrongChecksMax} − wrong checks that can have counted`,
    measured: `${told} answers told what is left, ${violations.length} of them too little`,
    violations,
  };
};
