import {describeOperation, type Operation} from '../history.ts';
import type {Checker} from './checker.ts';

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
  for (const checks of byRecipient.values()) {
    const wrong = checks.filter(({guess}) => guess !== 'right');
    for (const answered of checks) {
      const left = attemptsLeft(answered);
      if (left === undefined) continue;
      told++;
      const possible = wrong.filter(
        ({outcome, errorCode, startMs}) =>
          startMs < answered.endMs && (outcome === 'unknown' || errorCode === 'code_incorrect'),
      ).length;
      if (left < wrongChecksMax - possible)
        violations.push(`${describeOperation(answered)}: ${left} left after ${possible} wrong checks`);
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

/** What an answer says is left, or undefined where it says nothing of that. */
function attemptsLeft({errorCode, attemptsRemaining}: Operation): number | undefined {
  switch (errorCode) {
    case 'code_incorrect':
      return attemptsRemaining;
    case 'verification_locked':
      return 0;
    default:
      return undefined;
  }
}
