import {isCalledLost} from '../history.ts';
import {byVerification} from './by-verification.ts';
import {type Checker, losableUntilMs} from './checker.ts';

/**
 * How much of what was acknowledged is reported as lost afterwards. "Lost" explains, and costs its caller a new code. It is for what the
 * store held when the fault came: nothing that was acknowledged later is lost, but with a process that dies while it alone holds it.
 */
export const lossesBounded: Checker = (run, bounds) => {
  const {lostShareMax, ownerDies} = bounds;
  const acknowledged = [...byVerification(run.operations)].flatMap(([id, group]) => {
    const created = group.find(({kind, outcome}) => kind === 'create' && outcome === 'ok');
    return created ? [{id, createdMs: created.startMs, isLost: group.some(isCalledLost)}] : [];
  });
  const lost = acknowledged.filter(({isLost}) => isLost);
  const share = acknowledged.length === 0 ? 0 : lost.length / acknowledged.length;
  const untilMs = ownerDies ? run.fault.healedMs : losableUntilMs(run, bounds);
  const late = lost.filter(({createdMs}) => createdMs >= untilMs);
  return {
    claim: 'what was acknowledged is there afterwards',
    // A machine that is too busy to answer the sentinels makes them replace a master that nothing was wrong with.
    about: 'time',
    bound: `≤ ${lostShareMax * 100} % lost${lostShareMax > 0 ? ', nothing that was new in the fault or later' : ''}`,
    measured: `${lost.length} of ${acknowledged.length} lost${late.length > 0 ? `, ${late.length} of them new in the fault or later` : ''}`,
    strain: share,
    violations: (share > lostShareMax ? lost : late).map(({id}) => `${id} was lost`),
  };
};
