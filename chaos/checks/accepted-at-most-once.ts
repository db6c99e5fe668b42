import {describeOperation} from '../history.ts';
import {byVerification, isAcceptance} from './by-verification.ts';
import type {Checker} from './checker.ts';

/** Two acceptances are one too many, unless the second repeats the first under its idempotency key. */
export const acceptedAtMostOnce: Checker = ({operations}) => {
  const violations: string[] = [];
  let accepted = 0;
  for (const [id, group] of byVerification(operations)) {
    const acceptances = group.filter(isAcceptance);
    const acts = new Set(acceptances.map(({idempotencyKey, index}) => idempotencyKey ?? index));
    if (acts.size > 0) accepted++;
    if (acts.size > 1) {
      violations.push(`${id} was accepted ${acts.size} times: ${acceptances.map(describeOperation).join('; ')}`);
    }
  }
  return {
    claim: 'a code is accepted at most once',
    about: 'order',
    bound: '1 acceptance per code',
    measured: `${accepted} codes accepted, ${violations.length} of them more than once`,
    violations,
  };
};
