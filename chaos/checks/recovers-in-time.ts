import {describeOperation, isUnavailable} from '../history.ts';
import {type Checker, recoveredMs} from './checker.ts';

/**
 * From `recoveryMs` on nothing is refused for unavailability any more, nothing is served from memory (which must have been looked at),
 * and something is served.
 */
export const recoversInTime: Checker = (run, bounds) => {
  const {operations, observations} = run;
  const untilMs = recoveredMs(run, bounds);
  const fromMs = untilMs - bounds.recoveryMs;
  const refused = operations.filter((operation) => operation.startMs >= fromMs && isUnavailable(operation));
  const tooLate = refused.filter(({startMs}) => startMs > untilMs);
  const firstServedMs = Math.min(
    ...operations.filter(({outcome, startMs}) => outcome === 'ok' && startMs > fromMs).map(({endMs}) => endMs),
  );
  const inFallback = observations.filter(({atMs, inFallback: count}) => atMs > fromMs && count > 0);
  const wereSeen = observations.some(({atMs, answering}) => atMs > untilMs && answering > 0);
  const stillInFallback = inFallback.filter(({atMs}) => atMs > untilMs);
  const lastRefusedMs = Math.max(0, ...refused.map(({startMs}) => startMs - fromMs));
  const lastInFallbackMs = Math.max(0, ...inFallback.map(({atMs}) => atMs - fromMs));
  return {
    claim: 'the service recovers by itself, in time',
    about: 'time',
    bound: `≤ ${bounds.recoveryMs} ms after the ${bounds.recoveryFrom === 'fault' ? 'fault' : 'end of the fault'}`,
    measured: Number.isFinite(firstServedMs)
      ? `first served after ${Math.round(firstServedMs - fromMs)} ms, last refused at ${Math.round(lastRefusedMs)} ms, last served from memory at ${Math.round(lastInFallbackMs)} ms`
      : 'nothing was served afterwards',
    strain: Math.max(lastRefusedMs, lastInFallbackMs),
    violations: [
      ...(firstServedMs <= untilMs ? [] : ['nothing was served in time']),
      ...(wereSeen ? [] : ['no instance was seen afterwards']),
      ...tooLate.map(describeOperation),
      ...stillInFallback
        .slice(0, 1)
        .map(({atMs, inFallback: count}) => `${count} instances served from memory at ${Math.round(atMs)} ms`),
    ],
  };
};
