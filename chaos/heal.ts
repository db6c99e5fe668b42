import {hostname} from 'node:os';
import {accessCluster} from './executors/kubernetes/cluster-access.ts';
import {heal} from './executors/kubernetes/heal.ts';
import {exitCodes} from './exit-codes.ts';

/** node chaos/heal.ts: what a run in the cluster of KUBECONFIG, or of this pod, has left broken because it was killed. */
try {
  const {env} = process;
  const done = await heal(accessCluster(env), {
    lease: env.OTP_CHAOS_LEASE ?? 'otp-exclusive',
    redis: env.OTP_REDIS_STATEFULSET ?? 'otp-redis',
    holder: `heal ${hostname()}`,
  });
  process.stdout.write(`${done}\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = exitCodes.fail;
}
