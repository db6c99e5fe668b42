import {isCalledLost} from '../history.ts';
import type {Checker} from './checker.ts';

/** How much of what was acknowledged is reported as lost afterwards. "Lost" explains, and costs its caller a new code. */
export const lossesBounded: Checker = ({operations}, {lostShareMax}) => {
  const acknowledged = new Set(
    operations
      .filter(({kind, outcome}) => kind === 'create' && outcome === 'ok')
      .map(({verificationId}) => verificationId),
  );
  const lost = new Set(
    operations
      .filter((operation) => isCalledLost(operation) && acknowledged.has(operation.verificationId))
      .map(({verificationId}) => verificationId),
  );
  const share = acknowledged.size === 0 ? 0 : lost.size / acknowledged.size;
  return {
    claim: 'what was acknowledged is there afterwards',
    // A machine that is too busy to answer the sentinels makes them replace a master that nothing was wrong with.
    about: 'time',
    bound: `≤ ${lostShareMax * 100} % lost`,
    measured: `${lost.size} of ${acknowledged.size} lost`,
    strain: share,
    violations: share > lostShareMax ? [...lost].map((id) => `${id} was lost`) : [],
  };
};
