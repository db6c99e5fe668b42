import {setTimeout as wait} from 'node:timers/promises';
import {AppsV1Api, PatchStrategy, setHeaderOptions, type V1Pod} from '@kubernetes/client-node';
import type {Cluster} from '../cluster/connect.ts';
import {selectorLabels} from '../lib/labels.ts';
import {type Component, componentName} from '../lib/names.ts';

const selectorOf = (component: Component) =>
  Object.entries(selectorLabels(component))
    .map((pair) => pair.join('='))
    .join(',');

export async function podsOf({core}: Cluster, namespace: string, component: Component): Promise<V1Pod[]> {
  return (await core.listNamespacedPod({namespace, labelSelector: selectorOf(component)})).items;
}

/** Replaces the pods one after the other, as `kubectl rollout restart` does, and waits until that is done. */
export async function roll(cluster: Cluster, namespace: string, component: 'app' | 'redis', timeoutMs: number) {
  const apps = cluster.config.makeApiClient(AppsV1Api);
  const name = componentName(component);
  const annotations = {'kubectl.kubernetes.io/restartedAt': new Date().toISOString()};
  const body = {spec: {template: {metadata: {annotations}}}};
  const merge = setHeaderOptions('Content-Type', PatchStrategy.StrategicMergePatch);
  if (component === 'app') await apps.patchNamespacedDeployment({name, namespace, body}, merge);
  else await apps.patchNamespacedStatefulSet({name, namespace, body}, merge);
  await rolledOut(cluster, namespace, component, timeoutMs);
}

/** Resolves when every pod is of the newest template and ready, and none of an older one is left. */
export async function rolledOut(
  cluster: Cluster,
  namespace: string,
  component: 'app' | 'redis',
  timeoutMs: number,
): Promise<void> {
  const apps = cluster.config.makeApiClient(AppsV1Api);
  const name = componentName(component);
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const {metadata, spec, status} =
      component === 'app'
        ? await apps.readNamespacedDeployment({name, namespace})
        : await apps.readNamespacedStatefulSet({name, namespace});
    const {observedGeneration = 0, readyReplicas = 0, updatedReplicas = 0, replicas = 0} = status ?? {};
    const wanted = spec?.replicas ?? 0;
    const seen = observedGeneration >= (metadata?.generation ?? 0);
    if (seen && [readyReplicas, updatedReplicas, replicas].every((count) => count === wanted)) return;
    if (performance.now() > deadline)
      throw new Error(
        `${name}: of ${wanted} pods ${readyReplicas} are ready and ${updatedReplicas} updated after ${timeoutMs / 1000} s`,
      );
    await wait(500);
  }
}
