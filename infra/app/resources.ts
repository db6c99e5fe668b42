import type {Environment} from '../environment/schema.ts';

export function appPodResources({app}: Environment) {
  return {cpuRequestMillis: app.cpuRequestMillis, memoryRequestMiB: app.memoryMiB, memoryLimitMiB: app.memoryMiB};
}

/** Pods that a roll-out adds at once: a quarter, as the Deployment's `maxSurge: 25%` rounds it. */
export const surgePods = (replicas: number) => Math.ceil(replicas / 4);
