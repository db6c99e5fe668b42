import {describeOperation, isUnavailable} from '../history.ts';
import type {Checker} from './checker.ts';

const REFUSALS: ReadonlySet<string> = new Set(['store_unavailable', 'outcome_unknown']);

/**
 * The service itself was not broken, so it owes its callers an answer that they can act on: 503 and one of two codes. Where a fault kills
 * processes of the service, what they had in hand is lost on the way, and what stands in front of them answers 502. Who has waited in
 * vain was not refused: that is a matter of time, and judged as such.
 */
export const refusalsClean: Checker = ({operations}, {requestsLost}) => {
  const refused = operations.filter(
    (operation) => isUnavailable(operation) && operation.errorCode !== 'client_timeout',
  );
  const unclean = refused.filter(
    ({httpStatus, errorCode}) =>
      !(httpStatus === 503 && REFUSALS.has(errorCode ?? '')) && !(requestsLost && errorCode === 'bad_gateway'),
  );
  return {
    claim: 'what cannot be served is refused with 503 store_unavailable or outcome_unknown',
    about: 'order',
    bound: '0 other errors',
    measured: `${refused.length} requests refused, ${unclean.length} of them otherwise`,
    violations: unclean.map(describeOperation),
  };
};
