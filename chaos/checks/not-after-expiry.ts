import {describeOperation} from '../history.ts';
import {byVerification, isAcceptance} from './by-verification.ts';
import type {Checker} from './checker.ts';

/**
 * The lifetime began before the create was answered, so it ended at the latest `lifetimeMs` after that answer; a resend begins another.
 * Only checks that *started* later count: one under way may have been decided in time.
 */
export const notAfterExpiry: Checker = ({operations}, {skewMs}) => {
  const violations: string[] = [];
  let late = 0;
  for (const group of byVerification(operations).values()) {
    const created = group.find((operation) => operation.kind === 'create' && operation.outcome === 'ok');
    if (created?.lifetimeMs === undefined) continue;
    const begun = group.filter(({kind, outcome}) => kind === 'resend' && outcome !== 'fail');
    const begunMs = Math.max(created.endMs, ...begun.map(({endMs}) => endMs));
    const deadMs = begunMs + created.lifetimeMs + skewMs;
    const lateChecks = group.filter((operation) => operation.kind === 'check' && operation.startMs > deadMs);
    late += lateChecks.length;
    violations.push(...lateChecks.filter(isAcceptance).map(describeOperation));
  }
  return {
    claim: 'no code is accepted after its expiry',
    about: 'order',
    bound: `0 acceptances later than expiry + ${skewMs} ms`,
    measured: `${violations.length} of ${late} late checks accepted`,
    violations,
  };
};
