import {describeOperation, isCalledLost, isUnavailable, type Operation, type RecordedRun} from '../history.ts';
import {byVerification} from './by-verification.ts';
import {type Bounds, type Checker, losableUntilMs} from './checker.ts';

// Far longer than a message takes; shorter than a fault lasts, in compressed runs too.
const SENT_MS = 2_000;
// More codes than anybody asks for who means to use one.
const LIMITED_AFTER = 5;

/**
 * New verifications end to end while the fault lasts: asked for, sent, and checked. What the store acknowledged before the fault was in
 * effect is not new any more then: it is where nobody may guess, or lost where another master has taken over; its checks are judged by
 * how soon everything is as before. What a process alone held that has died nobody can serve.
 */
export const servedInFault: Checker = (run, bounds) => {
  const creates = createsIn(run);
  const served = creates.filter(({outcome}) => outcome === 'ok');
  const groups = byVerification(run.operations);
  const unsent = served.filter((created) => !wasSent(created, run, bounds));
  const checkable = served.filter((created) => !isOutOfReach(created, groups, run, bounds));
  const checks = [...new Set(checkable.map(({verificationId = ''}) => verificationId))].flatMap((id) =>
    (groups.get(id) ?? []).filter((operation) => operation.kind === 'check' && isIn(operation, run)),
  );
  const unchecked = checks.filter(isUnchecked);
  const failures = [...creates.filter(({outcome}) => outcome !== 'ok'), ...unsent, ...unchecked];
  const total = creates.length + checks.length;
  const share = total === 0 ? 0 : 1 - failures.length / total;
  return {
    claim: 'new verifications are created, delivered and checked while the fault lasts',
    // On a machine that keeps a request waiting for longer than its deadline nothing can be served.
    about: 'time',
    bound: `≥ ${bounds.servedShareMin * 100} %`,
    measured: `${Math.floor(share * 10_000) / 100} %: ${served.length} of ${creates.length} created, ${served.length - unsent.length} of them delivered, ${checks.length - unchecked.length} of ${checks.length} checks answered`,
    strain: 1 - share,
    violations: share >= bounds.servedShareMin ? [] : failures.map(describeOperation),
  };
};

/** Without those that are turned away for what their recipients did: who has guessed too often (whether one has, others judge), or asks on and on. */
function createsIn(run: RecordedRun): Operation[] {
  const asked = new Map<string, number>();
  return run.operations.filter((operation) => {
    const {kind, recipient, errorCode} = operation;
    if (kind !== 'create') return false;
    const before = asked.get(recipient) ?? 0;
    asked.set(recipient, before + 1);
    const ownDoing = errorCode === 'recipient_locked' || (errorCode === 'rate_limited' && before >= LIMITED_AFTER);
    return isIn(operation, run) && !ownDoing;
  });
}

/** Nobody has looked at the code. */
function isUnchecked(check: Operation): boolean {
  return isUnavailable(check) || isCalledLost(check) || check.errorCode === 'verification_not_found';
}

function isIn({startMs, endMs}: Operation, {fault}: RecordedRun): boolean {
  return startMs >= fault.startMs && endMs <= fault.healStartMs;
}

/** Whether it is in the store, or was with a process that has died. */
function isOutOfReach(
  {verificationId = '', startMs, endMs}: Operation,
  groups: ReadonlyMap<string, readonly Operation[]>,
  run: RecordedRun,
  bounds: Bounds,
): boolean {
  if (startMs < run.fault.provenMs) return true;
  const mayBeLost = bounds.ownerDies || endMs <= losableUntilMs(run, bounds);
  return mayBeLost && (groups.get(verificationId) ?? []).some(isCalledLost);
}

/** One that waits for the end of the fault was not sent in it. Where that came too soon for any it is not judged here. */
function wasSent(
  {verificationId, endMs}: Operation,
  {messageSeenMs, fault}: RecordedRun,
  {deliveryMs}: Bounds,
): boolean {
  const seenMs = messageSeenMs.get(verificationId ?? '') ?? Number.POSITIVE_INFINITY;
  const hadTime = endMs + Math.min(SENT_MS, deliveryMs) <= fault.healStartMs;
  return !hadTime || seenMs <= Math.min(endMs + deliveryMs, fault.healStartMs);
}
