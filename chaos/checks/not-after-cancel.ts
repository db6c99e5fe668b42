import {describeOperation} from '../history.ts';
import {byVerification, isAcceptance} from './by-verification.ts';
import type {Checker} from './checker.ts';

/** Only checks that started after the cancel was acknowledged count. */
export const notAfterCancel: Checker = ({operations}) => {
  const violations: string[] = [];
  let later = 0;
  for (const group of byVerification(operations).values()) {
    const canceled = group.find((operation) => operation.kind === 'cancel' && operation.outcome === 'ok');
    if (!canceled) continue;
    const laterChecks = group.filter((operation) => operation.kind === 'check' && operation.startMs > canceled.endMs);
    later += laterChecks.length;
    violations.push(...laterChecks.filter(isAcceptance).map(describeOperation));
  }
  return {
    claim: 'no code is accepted after its cancel was acknowledged',
    about: 'order',
    bound: '0 acceptances',
    measured: `${violations.length} of ${later} checks after a cancel accepted`,
    violations,
  };
};
