import {describeOperation} from '../history.ts';
import {byVerification} from './by-verification.ts';
import type {Checker} from './checker.ts';

/**
 * `verification_already_approved` means that an earlier check was accepted. Somebody must have made it: a right check that was
 * answered ok, or whose outcome its caller does not know. A check that was refused as not executed must not turn out to have counted.
 */
export const approvalsExplained: Checker = ({operations}) => {
  const violations: string[] = [];
  let reported = 0;
  for (const group of byVerification(operations).values()) {
    const possible = group.filter((operation) => operation.guess === 'right' && operation.outcome !== 'fail');
    for (const operation of group.filter(({errorCode}) => errorCode === 'verification_already_approved')) {
      reported++;
      if (!possible.some(({startMs}) => startMs < operation.endMs)) violations.push(describeOperation(operation));
    }
  }
  return {
    claim: 'a check that was refused as not executed never counts as the approval',
    about: 'order',
    bound: '0 approvals without a check that can have made them',
    measured: `${violations.length} of ${reported} answers "already approved" unexplained`,
    violations,
  };
};
