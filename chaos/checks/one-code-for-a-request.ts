import {describeOperation} from '../history.ts';
import {byVerification, isAcceptance} from './by-verification.ts';
import {type Checker, calmMs} from './checker.ts';

/**
 * A request that the store has answered may be given another verification while the store is away. When it is back one of the two ends:
 * who has used one since the fault cannot use the other any more. What was used before it stays used; nor can memories that could not
 * hear of each other know what has been used in the other one.
 */
export const oneCodeForARequest: Checker = (run, bounds) => {
  const {createdPerKeyMax: max} = bounds;
  const afterwardsMs = calmMs(run, bounds);
  const groups = byVerification(run.operations);
  const requests = Map.groupBy(
    run.operations.filter(({kind, outcome, idempotencyKey}) => kind === 'create' && outcome === 'ok' && idempotencyKey),
    ({idempotencyKey}) => idempotencyKey,
  );
  const several = [...requests.values()]
    .map((creates) => [...new Set(creates.map(({verificationId = ''}) => verificationId))])
    .filter((ids) => ids.length > 1);
  const tooOften = several
    .map((ids) =>
      ids.flatMap((id) => groups.get(id)?.find((one) => isAcceptance(one) && one.startMs >= run.fault.provenMs) ?? []),
    )
    .filter((used) => used.length > max && used.some(({startMs}) => startMs > afterwardsMs));
  return {
    claim: 'of the verifications that one request was given one at most is good afterwards',
    about: 'order',
    bound: `≤ ${max} of them accepted since the fault`,
    measured: `${several.length} of ${requests.size} requests were given several, ${tooOften.length} of them used too many`,
    violations: tooOften.map((used) => used.map(describeOperation).join('; ')),
  };
};
