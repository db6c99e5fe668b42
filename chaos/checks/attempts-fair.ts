import {describeOperation, type Operation} from '../history.ts';
import type {Checker} from './checker.ts';

// From the third wrong check on there is a wait before the next one.
const CHECKS_BEFORE_WAITS = 3;

/**
 * A wrong check costs one attempt, and only that. What was refused as not executed must not have cost one, and what was executed must not
 * have been executed twice: no answer may promise less than what is left after everything that can have counted. Nor is a recipient
 * locked, or has to wait, without having guessed that often.
 */
export const attemptsFair: Checker = ({operations}, {wrongChecksMax}) => {
  const violations: string[] = [];
  let told = 0;
  for (const ofRecipient of Map.groupBy(operations, ({recipient}) => recipient).values()) {
    const wrong = ofRecipient.filter(({guess}) => guess !== undefined && guess !== 'right');
    for (const answered of ofRecipient) {
      const left = attemptsLeft(answered, wrongChecksMax);
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

/** What an answer says is left at most, or undefined where it says nothing of that. */
function attemptsLeft({errorCode, attemptsRemaining}: Operation, wrongChecksMax: number): number | undefined {
  switch (errorCode) {
    case 'code_incorrect':
      return attemptsRemaining;
    case 'check_too_soon':
      return wrongChecksMax - CHECKS_BEFORE_WAITS;
    case 'verification_locked':
    case 'recipient_locked':
      return 0;
    default:
      return undefined;
  }
}
