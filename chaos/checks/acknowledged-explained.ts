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
 * must still take it or say what became of it; "not found", an error, or "incorrect" for the right code explain nothing, and neither
 * does what cannot have happened. (Of approvals, locks and losses others judge that.)
 */
export const acknowledgedExplained: Checker = ({operations}, {skewMs}) => {
  const violations: string[] = [];
  let acknowledged = 0;
  let lost = 0;
  const createsOf = Map.groupBy(
    operations.filter(({kind}) => kind === 'create'),
    ({recipient}) => recipient,
  );
  for (const [id, group] of byVerification(operations)) {
    if (!group.some((operation) => operation.kind === 'create' && operation.outcome === 'ok')) continue;
    acknowledged++;
    const last = group.filter((operation) => operation.phase === 'audit').at(-1);
    if (last?.errorCode === 'verification_lost') lost++;
    if (!last) violations.push(`${id} was never asked for after the fault`);
    else if (!isExplained(last) || !isPossible(last, group, createsOf.get(last.recipient) ?? [], skewMs))
      violations.push(describeOperation(last));
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

function isPossible(last: Operation, group: readonly Operation[], creates: readonly Operation[], skewMs: number) {
  const before = (kind: Operation['kind']) => (one: Operation) =>
    one.kind === kind && one.outcome !== 'fail' && one.startMs < last.endMs;
  switch (last.errorCode) {
    case 'verification_canceled':
      return group.some(before('cancel'));
    case 'verification_superseded':
      return creates.filter(before('create')).some(({verificationId}) => verificationId !== last.verificationId);
    case 'verification_expired': {
      // Its lifetime began not before the recipient's first code was asked for.
      const firstMs = Math.min(...creates.map(({startMs}) => startMs));
      const lifetimeMs = Math.max(0, ...group.map((one) => one.lifetimeMs ?? 0));
      return last.endMs >= firstMs + lifetimeMs - skewMs;
    }
    default:
      return true;
  }
}
