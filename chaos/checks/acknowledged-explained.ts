import {describeOperation, type Operation} from '../history.ts';
import {byVerification} from './by-verification.ts';
import type {Checker} from './checker.ts';

const EXPLANATIONS: ReadonlySet<string> = new Set([
  'verification_already_approved',
  'verification_canceled',
  'verification_expired',
  'verification_locked',
  'verification_lost',
  'verification_superseded',
  // Both say "later": the verification is known and the caller is told when.
  'check_too_soon',
  'recipient_locked',
]);

/**
 * After the fault every acknowledged verification is asked for once more, with the right code where the user knows it. The service
 * must still take it or say what became of it; "not found", an error, or "incorrect" for the right code explain nothing.
 */
export const acknowledgedExplained: Checker = ({operations}) => {
  const violations: string[] = [];
  let acknowledged = 0;
  let lost = 0;
  for (const [id, group] of byVerification(operations)) {
    if (!group.some((operation) => operation.kind === 'create' && operation.outcome === 'ok')) continue;
    acknowledged++;
    const last = group.filter((operation) => operation.phase === 'audit').at(-1);
    if (last?.errorCode === 'verification_lost') lost++;
    if (!last) violations.push(`${id} was never asked for after the fault`);
    else if (!isExplained(last)) violations.push(describeOperation(last));
  }
  return {
    claim: 'every acknowledged verification can be checked afterwards, or the answer says what became of it',
    about: 'order',
    bound: '0 unexplained',
    measured: `${acknowledged} acknowledged, ${lost} called lost, ${violations.length} unexplained`,
    violations,
  };
};

function isExplained({outcome, errorCode, guess}: Operation): boolean {
  if (outcome === 'ok') return true;
  if (errorCode === 'code_incorrect') return guess === 'wrong';
  return errorCode !== undefined && EXPLANATIONS.has(errorCode);
}
