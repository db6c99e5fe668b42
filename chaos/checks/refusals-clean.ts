import {describeOperation, isUnavailable} from '../history.ts';
import type {Checker} from './checker.ts';

const REFUSALS: ReadonlySet<string> = new Set(['store_unavailable', 'outcome_unknown']);

/** The service itself was not broken, so it owes its callers an answer that they can act on: 503 and one of two codes. */
export const refusalsClean: Checker = ({operations}) => {
  const refused = operations.filter(isUnavailable);
  const unclean = refused.filter(
    ({httpStatus, errorCode}) => httpStatus !== 503 || errorCode === undefined || !REFUSALS.has(errorCode),
  );
  return {
    claim: 'what cannot be served is refused with 503 store_unavailable or outcome_unknown',
    about: 'order',
    bound: '0 other errors',
    measured: `${refused.length} requests refused, ${unclean.length} of them otherwise`,
    violations: unclean.map(describeOperation),
  };
};
