import {describeOperation} from '../history.ts';
import {byVerification, isAcceptance} from './by-verification.ts';
import type {Checker} from './checker.ts';

/** A resend puts a new code in the place of the old one. Only checks that started after a resend was acknowledged count. */
export const notAfterResend: Checker = ({operations}) => {
  const violations: string[] = [];
  let later = 0;
  let resent = 0;
  for (const group of byVerification(operations).values()) {
    const resends = group.filter(({kind, outcome}) => kind === 'resend' && outcome === 'ok');
    const firstResentMs = Math.min(...resends.map(({endMs}) => endMs));
    const laterChecks = group.filter(({guess, startMs}) => guess === 'replaced' && startMs > firstResentMs);
    resent += resends.length;
    later += laterChecks.length;
    violations.push(...laterChecks.filter(isAcceptance).map(describeOperation));
  }
  return {
    claim: 'no code is accepted after a resend has put another in its place',
    about: 'order',
    bound: '0 acceptances',
    measured: `${resent} resends, ${violations.length} of ${later} checks with a replaced code accepted`,
    violations,
  };
};
