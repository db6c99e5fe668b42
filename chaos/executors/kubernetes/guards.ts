import type {ClusterAccess} from './cluster-access.ts';

const ALLOWED_LABEL = 'otp/chaos-allowed';
// What a fault takes away must leave something that takes over.
const APP_PODS_MIN = 2;
const REDIS_PODS_MIN = 3;

export interface Workloads {
  /** Names of the StatefulSet of Redis and the Deployment of the service. */
  readonly redis: string;
  readonly app: string;
}

/**
 * Whether anything may be broken here and now.
 * @returns how many pods Redis has
 * @throws Error that says what forbids it: then nothing was touched.
 */
export async function assertMayBreak({core, apps, namespace}: ClusterAccess, {redis, app}: Workloads): Promise<number> {
  const {metadata} = await core.readNamespace({name: namespace});
  if (metadata?.labels?.[ALLOWED_LABEL] !== 'true')
    throw new Error(`namespace ${namespace} does not allow chaos: it lacks the label ${ALLOWED_LABEL}=true`);
  const [set, deployment] = await Promise.all([
    apps.readNamespacedStatefulSet({name: redis, namespace}),
    apps.readNamespacedDeployment({name: app, namespace}),
  ]);
  const redisWanted = set.spec?.replicas ?? 0;
  assertFull(`StatefulSet ${redis}`, set.status?.readyReplicas ?? 0, redisWanted, REDIS_PODS_MIN);
  const {readyReplicas = 0, updatedReplicas = 0, replicas = 0} = deployment.status ?? {};
  assertFull(`Deployment ${app}`, readyReplicas, deployment.spec?.replicas ?? 0, APP_PODS_MIN);
  if (updatedReplicas !== replicas) throw new Error(`Deployment ${app} is being rolled out`);
  return redisWanted;
}

function assertFull(what: string, ready: number, wanted: number, min: number): void {
  if (wanted < min) throw new Error(`${what} has ${wanted} replicas, chaos needs at least ${min}`);
  if (ready < wanted) throw new Error(`${what} has ${ready} of ${wanted} replicas ready: redundancy is not full`);
}
