import {CommandError} from '../../cli/command-error.ts';
import {deleteMaster, forceDeleteMaster, killMaster, loseAllOfRedis, loseNode} from './failovers.ts';
import {changePolicy, drainNode, rollApp, rollRedis, scaleDown, scaleUp} from './maintenance.ts';
import type {Phase} from './phase.ts';
import {
  renewCertificate,
  renewRedisCertificate,
  rotateApiKey,
  rotateRedisPasswords,
  rotateSecretKey,
} from './rotations.ts';

/** In this order: first what is planned, then what leaves the most to be put together again, last what takes its time. */
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
  renewCertificate,
  scaleUp,
  killMaster,
  forceDeleteMaster,
  loseAllOfRedis,
  loseNode,
  scaleDown,
];

/** Those that were named, all of them without a name. @throws CommandError on a name that there is not. */
export function choosePhases(keys: readonly string[]): readonly Phase[] {
  const unknown = keys.find((key) => !phases.some((phase) => phase.key === key));
  if (unknown !== undefined)
    throw new CommandError(
      `unknown phase "${unknown}", expected some of ${phases.map(({key}) => key).join(', ')}\nusage: npm run e2e [-- phase…]`,
    );
  return keys.length === 0 ? phases : phases.filter(({key}) => keys.includes(key));
}
