import {appPodResources, surgePods} from '../app/resources.ts';
import type {Environment} from '../environment/schema.ts';
import {redisPods} from '../redis/resources.ts';
import {chaosPodResources, loadPodResources} from '../resilience/resources.ts';

/** What the namespace may use: the autoscaler's maximum, a roll-out on top of it, Redis, and one job of each kind, with one that heals. */
export function computedQuota(environment: Environment) {
  const surge = surgePods(environment.app.maxReplicas);
  const redis = redisPods(environment);
  const demands = [
    // Twice the surge: pods that leave count until they are gone, while their successors run already.
    {pods: environment.app.maxReplicas + 2 * surge, ...appPodResources(environment)},
    redis,
    ...(environment.resilience.enabled
      ? [loadPodResources, chaosPodResources, chaosPodResources].map((pod) => ({pods: 1, ...pod}))
      : []),
  ];
  const sum = (of: (demand: (typeof demands)[number]) => number) =>
    demands.reduce((total, demand) => total + demand.pods * of(demand), 0);
  return {
    pods: String(sum(() => 1)),
    'requests.cpu': `${sum(({cpuRequestMillis}) => cpuRequestMillis)}m`,
    'requests.memory': `${sum(({memoryRequestMiB}) => memoryRequestMiB)}Mi`,
    'limits.memory': `${sum(({memoryLimitMiB}) => memoryLimitMiB)}Mi`,
    persistentvolumeclaims: String(redis.pods),
    'requests.storage': `${redis.pods * environment.redis.storageGiB}Gi`,
  };
}
