import {byVerification} from './by-verification.ts';
import type {Checker} from './checker.ts';

/** Counts the checks that the service itself calls wrong: each is a guess that somebody got out of it. */
export const wrongChecksBounded: Checker = ({operations}, {wrongChecksMax}) => {
  const violations: string[] = [];
  let most = 0;
  for (const [id, group] of byVerification(operations)) {
    const wrong = group.filter((operation) => operation.errorCode === 'code_incorrect').length;
    most = Math.max(most, wrong);
    if (wrong > wrongChecksMax) violations.push(`${id} took ${wrong} wrong checks`);
  }
  return {
    claim: 'one code takes a bounded number of guesses',
    about: 'order',
    bound: `≤ ${wrongChecksMax} wrong checks per code`,
    measured: `at most ${most}`,
    strain: most,
    violations,
  };
};
