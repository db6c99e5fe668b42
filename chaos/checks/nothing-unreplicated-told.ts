import {describeOperation, type Operation} from '../history.ts';
import type {Checker} from './checker.ts';

/** While no replica follows, no answer may tell of a use of a code: the master could die, and the use with it. For verifications of the store. */
export const nothingUnreplicatedTold: Checker = ({operations, fault}) => {
  const before = new Set(
    operations
      .filter(({kind, endMs}) => kind === 'create' && endMs < fault.startMs)
      .map(({verificationId}) => verificationId),
  );
  const usedBefore = new Set(
    operations
      .filter(
        (operation) =>
          operation.guess === 'right' && operation.startMs < fault.provenMs && operation.outcome !== 'fail',
      )
      .map(({verificationId}) => verificationId),
  );
  const during = operations.filter(
    ({kind, guess, startMs, endMs, verificationId}) =>
      kind === 'check' &&
      guess === 'right' &&
      startMs >= fault.provenMs &&
      endMs <= fault.healStartMs &&
      before.has(verificationId) &&
      !usedBefore.has(verificationId),
  );
  const told = during.filter(tellsOfAUse);
  return {
    claim: 'no use of a code is told while no replica has it, to whoever asks again either',
    about: 'order',
    bound: '0 answers',
    measured: `${told.length} of ${during.length} checks answered with a use`,
    violations: told.map(describeOperation),
  };
};

function tellsOfAUse({outcome, errorCode}: Operation): boolean {
  return outcome === 'ok' || errorCode === 'verification_already_approved';
}
