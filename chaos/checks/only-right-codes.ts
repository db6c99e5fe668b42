import {describeOperation} from '../history.ts';
import {isAcceptance} from './by-verification.ts';
import type {Checker} from './checker.ts';

export const onlyRightCodes: Checker = ({operations}) => {
  const wrong = operations.filter((operation) => operation.guess === 'wrong');
  const accepted = wrong.filter(isAcceptance);
  return {
    claim: 'a wrong code is never accepted',
    about: 'order',
    bound: '0 acceptances',
    measured: `${accepted.length} of ${wrong.length} wrong checks accepted`,
    violations: accepted.map(describeOperation),
  };
};
