import {AppsV1Api, AutoscalingV2Api, BatchV1Api, NetworkingV1Api, PolicyV1Api} from '@kubernetes/client-node';
import type {Cluster} from '../cluster/connect.ts';

/** What is in a namespace besides what Kubernetes itself puts there: "Kind name". */
export async function leftOver({core, config}: Cluster, namespace: string): Promise<string[]> {
  const apps = config.makeApiClient(AppsV1Api);
  const networking = config.makeApiClient(NetworkingV1Api);
  const lists = {
    Deployment: apps.listNamespacedDeployment({namespace}),
    StatefulSet: apps.listNamespacedStatefulSet({namespace}),
    Job: config.makeApiClient(BatchV1Api).listNamespacedJob({namespace}),
    Service: core.listNamespacedService({namespace}),
    ConfigMap: core.listNamespacedConfigMap({namespace}),
    ServiceAccount: core.listNamespacedServiceAccount({namespace}),
    ResourceQuota: core.listNamespacedResourceQuota({namespace}),
    LimitRange: core.listNamespacedLimitRange({namespace}),
    NetworkPolicy: networking.listNamespacedNetworkPolicy({namespace}),
    Ingress: networking.listNamespacedIngress({namespace}),
    HorizontalPodAutoscaler: config.makeApiClient(AutoscalingV2Api).listNamespacedHorizontalPodAutoscaler({namespace}),
    PodDisruptionBudget: config.makeApiClient(PolicyV1Api).listNamespacedPodDisruptionBudget({namespace}),
    PersistentVolumeClaim: core.listNamespacedPersistentVolumeClaim({namespace}),
    Secret: core.listNamespacedSecret({namespace}),
  };
  const own = new Set(['ConfigMap kube-root-ca.crt', 'ServiceAccount default']);
  const found = await Promise.all(
    Object.entries(lists).map(async ([kind, list]) =>
      (await list).items.map(({metadata}) => `${kind} ${metadata?.name}`),
    ),
  );
  return found
    .flat()
    .filter((name) => !own.has(name))
    .sort();
}
