import {readFile} from 'node:fs/promises';
import {hostname} from 'node:os';
import {owning} from '../../lab/owned.ts';
import type {Executor} from '../executor.ts';
import {accessCluster, type ClusterAccess} from './cluster-access.ts';
import {assertMayBreak} from './guards.ts';
import {takeLease} from './lease.ts';
import {noteOwed} from './owed.ts';
import {assertNoPage} from './pages.ts';
import {type RedisPods, redisPods} from './redis-pods.ts';
import type {KubernetesTestbed} from './testbed.ts';

export interface KubernetesOptions {
  /** Where the service is called. */
  readonly url: string;
  readonly environment: NodeJS.ProcessEnv;
}

/** Breaks the pods of a service that runs in a cluster, and calls it over its own address. Names come from the environment. */
export function kubernetes({url, environment}: KubernetesOptions): Executor {
  return {
    name: 'kubernetes',
    onThisMachine: false,
    // What one policy allows that returns its codes: none of these waits for a short lifetime or counts on a number of pending codes.
    behaviours: ['honest', 'mistaken', 'double', 'retrying', 'canceling', 'guessing', 'holding'],
    start: () =>
      owning(async (owned) => {
        const cluster = accessCluster(environment);
        const workloads = {
          redis: environment.OTP_REDIS_STATEFULSET ?? 'otp-redis',
          app: environment.OTP_APP_DEPLOYMENT ?? 'otp-app',
        };
        const lease = environment.OTP_CHAOS_LEASE ?? 'otp-exclusive';
        owned.use(await takeLease(cluster, lease, `chaos ${hostname()}`));
        const alertmanager = environment.OTP_ALERTMANAGER_URL;
        if (alertmanager !== undefined) await assertNoPage(alertmanager, cluster.namespace);
        const redisReplicas = await assertMayBreak(cluster, workloads);
        const runId = Date.now().toString(36);
        const testbed: KubernetesTestbed = {
          baseUrl: url,
          apiKey: await apiKeyFrom(environment),
          offer: {
            channel: 'direct',
            policyOf: () => environment.OTP_POLICY ?? 'synthetic',
            // Budgets outlive runs by far: nobody comes twice.
            recipientOf: (user) => `chaos-${runId}-${user}`,
          },
          // The answer to a create holds the code.
          messages: {newestOf: () => undefined},
          look: () => lookAt(url),
          redis: owingPods(cluster, {lease, redis: workloads.redis, redisReplicas}),
          redisReplicas,
        };
        return {
          ...testbed,
          doubts: async () => [],
          prepare(fault) {
            if (!fault.on.kubernetes) throw new Error(`${fault.name} can't be done to pods`);
            return fault.on.kubernetes(testbed);
          },
        };
      }),
  };
}

/** Who takes pods away notes it first, and what is owed until they are back. */
function owingPods(
  cluster: ClusterAccess,
  {lease, redis, redisReplicas}: {lease: string; redis: string; redisReplicas: number},
): RedisPods {
  const pods = redisPods(cluster, redis);
  return {
    ...pods,
    async scale(replicas) {
      if (replicas < redisReplicas) await noteOwed(cluster, lease, redisReplicas);
      await pods.scale(replicas);
      if (replicas >= redisReplicas) await noteOwed(cluster, lease);
    },
  };
}

async function apiKeyFrom({OTP_API_KEY_FILE: file, OTP_API_KEY: key}: NodeJS.ProcessEnv): Promise<string> {
  if (file !== undefined) return (await readFile(file, 'utf8')).trim();
  if (key !== undefined) return key;
  throw new Error('OTP_API_KEY_FILE or OTP_API_KEY is missing: the key of the client that chaos is to the service');
}

/** Only the pod that happens to answer is seen: the others have no address from outside. */
async function lookAt(url: string) {
  try {
    const response = await fetch(new URL('/readyz', url), {signal: AbortSignal.timeout(1_000)});
    const body = await response.text();
    return {answering: 1, inFallback: body.includes('degraded') ? 1 : 0};
  } catch {
    return {answering: 0, inFallback: 0};
  }
}
