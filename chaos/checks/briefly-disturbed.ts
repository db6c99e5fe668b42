import {isUnavailable} from '../history.ts';
import type {Checker} from './checker.ts';

/** From the first refusal of the fault to the last: what a planned change may cost. */
export const brieflyDisturbed: Checker = ({operations, fault}, {disturbanceMs}) => {
  const refused = operations.filter((operation) => operation.endMs >= fault.startMs && isUnavailable(operation));
  const firstMs = Math.min(...refused.map(({endMs}) => endMs));
  const lastMs = Math.max(...refused.map(({endMs}) => endMs));
  const lastedMs = refused.length === 0 ? 0 : Math.round(lastMs - firstMs);
  return {
    claim: 'a planned change is hardly noticed',
    about: 'time',
    bound: `≤ ${disturbanceMs} ms from the first refusal to the last`,
    measured: `${refused.length} refused, over ${lastedMs} ms`,
    strain: lastedMs,
    violations: lastedMs > disturbanceMs ? [`refusals over ${lastedMs} ms`] : [],
  };
};
