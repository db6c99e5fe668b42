import {CommandError} from '../../cli/command-error.ts';
import {deleteMaster, forceDeleteMaster, killMaster, loseAllOfRedis, loseNode} from './failovers.ts';
import {changePolicy, drainNode, rollApp, rollRedis, scaleDown, scaleUp} from './maintenance.ts';
import type {Phase} from './phase.ts';
import {
  renewCertificate,
  renewRedisCertificate,
  rotateApiAuthority,
  rotateApiKey,
  rotateRedisAuthority,
  rotateRedisPasswords,
  rotateSecretKey,
} from './rotations.ts';

/** In this order: first what is planned, then what leaves the most to be put together again. */
const phases: readonly Phase[] = [
  deleteMaster,
  rollApp,
  rollRedis,
  drainNode,
  changePolicy,
  rotateSecretKey,
  rotateApiKey,
  rotateRedisPasswords,
  renewRedisCertificate,
  rotateRedisAuthority,
  renewCertificate,
  rotateApiAuthority,
  scaleUp,
  scaleDown,
  killMaster,
  forceDeleteMaster,
  loseAllOfRedis,
  loseNode,
];

/** Those that were named, in that order and as often; all of them without a name. @throws CommandError on a name that there is not. */
export function choosePhases(keys: readonly string[]): readonly Phase[] {
  if (keys.length === 0) return phases;
  return keys.map((key, index) => {
    const phase = phases.find((each) => each.key === key);
    if (phase === undefined)
      throw new CommandError(
        `unknown phase "${key}", expected some of ${phases.map((each) => each.key).join(', ')}\nusage: npm run e2e [-- phase…]`,
      );
    const earlier = keys.slice(0, index).filter((each) => each === key).length;
    // What users meet is counted by the name.
    return earlier === 0 ? phase : {...phase, name: `${phase.name}, time ${earlier + 1}`};
  });
}
