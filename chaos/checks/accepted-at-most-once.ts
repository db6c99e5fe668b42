import {describeOperation} from '../history.ts';
import {byVerification, isAcceptance} from './by-verification.ts';
import type {Checker} from './checker.ts';

export const acceptedAtMostOnce: Checker = ({operations}) => {
  const violations: string[] = [];
  let accepted = 0;
  for (const [id, group] of byVerification(operations)) {
    const acceptances = group.filter(isAcceptance);
    if (acceptances.length > 0) accepted++;
    if (acceptances.length > 1) {
      violations.push(
        `${id} was accepted ${acceptances.length} times: ${acceptances.map(describeOperation).join('; ')}`,
      );
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
