import {describeOperation, isCalledLost} from '../history.ts';
import {byVerification} from './by-verification.ts';
import type {Checker} from './checker.ts';

// One of three holds a third of what is created until it dies.
const SHARE_MAX = 1 / 3;

/**
 * What a process alone held that dies is served by nobody, and nobody guesses at it: it is refused for now, since its owner may be out
 * of reach only, until it is called lost, and that is final. No more is lost than one process held.
 */
export const lostWithOwner: Checker = ({operations, fault}) => {
  const created = [...byVerification(operations).values()].filter((group) =>
    group.some(
      ({kind, outcome, startMs, endMs}) =>
        kind === 'create' && outcome === 'ok' && startMs >= fault.provenMs && endMs <= fault.healStartMs,
    ),
  );
  const lost = created.filter((group) => group.some(isCalledLost));
  const takenBack = lost.flatMap((group) => {
    const toldMs = Math.min(...group.filter(isCalledLost).map(({endMs}) => endMs));
    return group.filter((operation) => operation.startMs > toldMs && !isCalledLost(operation));
  });
  const share = created.length === 0 ? 0 : lost.length / created.length;
  return {
    claim: 'what a process held that died is refused until it is called lost, and no more is lost',
    about: 'order',
    bound: `≤ ${Math.round(SHARE_MAX * 100)} % of what was created in the fault, 0 served or refused for now after that`,
    measured: `${lost.length} of ${created.length} lost, ${takenBack.length} served or refused for now after that`,
    strain: share,
    violations: [
      ...(share > SHARE_MAX ? lost.map(([first]) => `${first?.verificationId} was lost`) : []),
      ...takenBack.map(describeOperation),
    ],
  };
};
