import {describeOperation, isCalledLost, isUnavailable, type Operation, type RecordedRun} from '../history.ts';
import {type Bounds, type Checker, calmMs} from './checker.ts';

/**
 * Requests under one idempotency key are one act: as often as it is asked, the service gives the one answer. What it refuses for now
 * (429, 503) it has not answered; what it has lost it cannot repeat. What it has created in a store that is away it cannot know: asked
 * again during the fault it creates another, and that one is then the answer: until what is in memory is back in the store, where one
 * process may already be served while another still holds what it has answered. Nor can a process know what another has created that it
 * holds for gone: as many answers as there are such processes, and no more. What one has answered that dies with it is lost with it.
 */
export const repeatsAnsweredAlike: Checker = (run, bounds) => {
  const lost = mayBeLost(run, bounds);
  const answered = run.operations.filter(
    (operation) =>
      operation.idempotencyKey !== undefined &&
      isAnswer(operation) &&
      !(isInFault(operation, run) && lost.has(operation.verificationId)),
  );
  const acts = Map.groupBy(answered, (operation) => `${operation.idempotencyKey} ${sideOf(operation, run, bounds)}`);
  const repeated = [...acts.values()].filter((answers) => answers.length > 1);
  const differing = repeated.filter((answers) => !areAlike(answers, run, bounds));
  const {createdPerKeyMax} = bounds;
  return {
    claim: 'a repeated request gets the same answer',
    about: 'order',
    bound: `1 answer per idempotency key${createdPerKeyMax > 1 ? `, ${createdPerKeyMax} to creates while the store is away` : ''}`,
    measured: `${repeated.length} requests repeated, ${differing.length} of them answered differently`,
    violations: differing.map((answers) => answers.map(describeOperation).join('; ')),
  };
};

/** What was answered by a process that dies, or by a master that is replaced. */
function mayBeLost({operations}: RecordedRun, {ownerDies, recoveryFrom}: Bounds): ReadonlySet<string | undefined> {
  const lost = ownerDies || recoveryFrom === 'fault' ? operations.filter(isCalledLost) : [];
  return new Set(lost.map(({verificationId}) => verificationId));
}

function areAlike(answers: readonly Operation[], run: RecordedRun, bounds: Bounds): boolean {
  const afterwards = answers.filter(({startMs}) => startMs >= calmMs(run, bounds));
  const max = answers.some((answer) => isInFault(answer, run)) ? bounds.createdPerKeyMax : 1;
  return distinct(answers) <= max && distinct(afterwards) <= 1;
}

/** Where store and memory may both have answered, each for itself, an answer belongs to neither side. */
function sideOf(operation: Operation, run: RecordedRun, bounds: Bounds): string {
  const {kind, startMs, endMs, index} = operation;
  if (kind !== 'create') return '';
  if (endMs < run.fault.startMs) return 'before the fault';
  return isInFault(operation, run) || startMs >= calmMs(run, bounds) ? 'since the fault' : `between ${index}`;
}

function isInFault({kind, startMs, endMs}: Operation, {fault}: RecordedRun): boolean {
  return kind === 'create' && startMs >= fault.provenMs && endMs <= fault.healStartMs;
}

function isAnswer(operation: Operation): boolean {
  return !isUnavailable(operation) && operation.httpStatus !== 429 && !isCalledLost(operation);
}

function distinct(answers: readonly Operation[]): number {
  return new Set(answers.map(essence)).size;
}

function essence({httpStatus, errorCode, verificationId}: Operation): string {
  return JSON.stringify([httpStatus, errorCode, verificationId]);
}
