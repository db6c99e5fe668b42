import {describeOperation, isUnavailable} from '../history.ts';
import type {Checker} from './checker.ts';

/** From `recoveryMs` after the end of the fault on nothing is refused for unavailability any more, and something is served. */
export const recoversInTime: Checker = ({operations, fault}, {recoveryMs}) => {
  const after = operations.filter(({startMs}) => startMs >= fault.healedMs);
  const refusedAfter = after.filter(isUnavailable);
  const lastRefusalMs = Math.max(0, ...refusedAfter.map(({startMs}) => startMs - fault.healedMs));
  const tooLate = refusedAfter.filter(({startMs}) => startMs > fault.healedMs + recoveryMs);
  const served = after.filter(({outcome, startMs}) => outcome === 'ok' && startMs > fault.healedMs);
  const firstServed = served.toSorted((a, b) => a.endMs - b.endMs)[0];
  return {
    claim: 'the service recovers by itself, in time',
    about: 'time',
    bound: `≤ ${recoveryMs} ms after the end of the fault`,
    measured: firstServed
      ? `first served after ${Math.round(firstServed.endMs - fault.healedMs)} ms, last refused at ${Math.round(lastRefusalMs)} ms`
      : 'nothing was served after the fault',
    violations: [
      ...(firstServed && firstServed.endMs <= fault.healedMs + recoveryMs ? [] : ['nothing was served in time']),
      ...tooLate.map(describeOperation),
    ],
  };
};
