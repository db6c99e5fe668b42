import {describeOperation, type Operation, type RecordedRun} from '../history.ts';
import {isAcceptance} from './by-verification.ts';
import {type Bounds, type Checker, calmMs} from './checker.ts';

/**
 * `pendingMax` codes of a recipient live side by side; each further one ends the oldest. Judged where all of them were created on the
 * same side of the fault, or in it by one process: store and memory each count their own until they are merged.
 */
export const notAfterSupersession: Checker = (run, bounds) => {
  const violations: string[] = [];
  let superseded = 0;
  for (const operations of Map.groupBy(run.operations, ({recipient}) => recipient).values()) {
    const creates = operations.filter(({kind, outcome}) => kind === 'create' && outcome === 'ok');
    // One create too few: nothing was superseded.
    if (new Set(creates.map(({verificationId}) => verificationId)).size <= bounds.pendingMax) continue;
    const checks = Map.groupBy(
      operations.filter(({kind}) => kind === 'check'),
      ({verificationId}) => verificationId,
    );
    creates.forEach((created, position) => {
      const ending = creates[position + bounds.pendingMax];
      if (!ending || sideOf(created, run, bounds) !== sideOf(ending, run, bounds)) return;
      const between = creates.slice(position, position + bounds.pendingMax + 1);
      if (!areInTurn(between) || sideOf(created, run, bounds) === undefined) return;
      superseded++;
      const later = (checks.get(created.verificationId) ?? []).filter(({startMs}) => startMs > ending.endMs);
      // An acceptance ends the pending ones that it is not about: what comes after it is another story.
      const newer = new Set(between.slice(1).map(({verificationId}) => verificationId));
      const firstNewerAcceptedMs = Math.min(
        ...operations.filter((one) => isAcceptance(one) && newer.has(one.verificationId)).map(({startMs}) => startMs),
      );
      violations.push(
        ...later.filter((check) => isAcceptance(check) && check.endMs < firstNewerAcceptedMs).map(describeOperation),
      );
    });
  }
  return {
    claim: 'no code is accepted after newer ones have taken its place',
    about: 'order',
    bound: `0 acceptances of a code with ${bounds.pendingMax} newer ones`,
    measured: `${violations.length} of ${superseded} superseded codes accepted`,
    violations,
  };
};

/** Each was asked for when the one before was there, and is another: a repetition gives the same. */
function areInTurn(creates: readonly Operation[]): boolean {
  return creates.every((created, position) => {
    const before = creates[position - 1];
    return !before || (before.endMs <= created.startMs && before.verificationId !== created.verificationId);
  });
}

function sideOf({startMs, endMs}: Operation, run: RecordedRun, bounds: Bounds): 'before' | 'in' | 'after' | undefined {
  const {fault} = run;
  if (endMs < fault.startMs) return 'before';
  // Nothing takes over, and who holds a recipient does so all the time.
  const oneHolds = bounds.recoveryFrom === 'healing' && bounds.ownersMax === 1;
  if (oneHolds && startMs >= fault.provenMs && endMs <= fault.healStartMs) return 'in';
  return startMs > calmMs(run, bounds) ? 'after' : undefined;
}
