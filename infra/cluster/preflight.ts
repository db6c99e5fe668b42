import {ApiextensionsV1Api, ApiregistrationV1Api, StorageV1Api} from '@kubernetes/client-node';
import type {Environment} from '../environment/schema.ts';
import type {Cluster} from './connect.ts';
import {found} from './found.ts';

/** What a deploy goes by; asked of the cluster in one place, so that the rules below can be tried without one. */
export interface ClusterFacts {
  readonly storageClasses: readonly {readonly name: string; readonly isDefault: boolean}[];
  readonly hasMetricsServer: boolean;
  /** Nodes that take pods. */
  readonly schedulableNodes: number;
  /** Names such as podmonitors.monitoring.coreos.com. */
  readonly customResources: ReadonlySet<string>;
}

export async function clusterFacts({core, config}: Cluster): Promise<ClusterFacts> {
  const [classes, metrics, nodes, definitions] = await Promise.all([
    config.makeApiClient(StorageV1Api).listStorageClass(),
    found(config.makeApiClient(ApiregistrationV1Api).readAPIService({name: 'v1beta1.metrics.k8s.io'})),
    core.listNode(),
    config.makeApiClient(ApiextensionsV1Api).listCustomResourceDefinition(),
  ]);
  const available = metrics?.status?.conditions?.some(({type, status}) => type === 'Available' && status === 'True');
  return {
    storageClasses: classes.items.map(({metadata}) => ({
      name: metadata?.name ?? '',
      isDefault: metadata?.annotations?.['storageclass.kubernetes.io/is-default-class'] === 'true',
    })),
    hasMetricsServer: available === true,
    schedulableNodes: nodes.items.filter(({spec}) => spec?.unschedulable !== true).length,
    customResources: new Set(definitions.items.map(({metadata}) => metadata?.name ?? '')),
  };
}

/** What this cluster lacks of what the environment needs; each line says what to do. */
export function lacking(environment: Environment, facts: ClusterFacts): string[] {
  const {redis, exposure, observability, certManager, app} = environment;
  const classes = facts.storageClasses.map(({name}) => name).join(', ') || 'none';
  const lines: string[] = [];
  if (redis.mode !== 'external') {
    if (redis.storageClass !== undefined && !facts.storageClasses.some(({name}) => name === redis.storageClass))
      lines.push(
        `redis.storageClass: the cluster has no StorageClass "${redis.storageClass}"; it has ${classes}. Name one of these, or install its provisioner`,
      );
    if (redis.storageClass === undefined && !facts.storageClasses.some(({isDefault}) => isDefault))
      lines.push(
        `redis.storageClass: got nothing, and the cluster has no default StorageClass; it has ${classes}. Name one, or mark one as default`,
      );
  }
  if (redis.mode === 'replicated' && redis.antiAffinity === 'required' && facts.schedulableNodes < 3)
    lines.push(
      `redis.antiAffinity: got "required", and the cluster has ${facts.schedulableNodes} nodes that take pods, of which three are needed. Add nodes, uncordon them, or set "preferred" and know that one node can then take two pods with it`,
    );
  if (!facts.hasMetricsServer)
    lines.push(
      `app.minReplicas ${app.minReplicas} to app.maxReplicas ${app.maxReplicas}: the autoscaler needs metrics-server, and the cluster has none that is available. Install it: https://github.com/kubernetes-sigs/metrics-server`,
    );
  const needed: [field: string, names: string[], from: string][] = [
    [
      'observability.enabled: true',
      observability.enabled ? ['podmonitors.monitoring.coreos.com', 'prometheusrules.monitoring.coreos.com'] : [],
      'prometheus-operator, or set it to false',
    ],
    ['certManager', certManager === undefined ? [] : ['certificates.cert-manager.io'], 'cert-manager, or leave it out'],
    [
      'exposure.kind: gateway',
      exposure.kind === 'gateway'
        ? ['httproutes.gateway.networking.k8s.io', ...(app.tls ? ['backendtlspolicies.gateway.networking.k8s.io'] : [])]
        : [],
      'the Gateway API 1.4 (standard channel)',
    ],
    [
      'exposure.controller: traefik',
      exposure.kind === 'ingress' && exposure.controller === 'traefik' && app.tls
        ? ['serverstransports.traefik.io', 'middlewares.traefik.io']
        : [],
      "Traefik's custom resources and its provider kubernetesCRD, or set app.tls to false",
    ],
  ];
  for (const [field, names, from] of needed) {
    const missing = names.filter((name) => !facts.customResources.has(name));
    if (missing.length > 0) lines.push(`${field}: the cluster lacks ${missing.join(', ')}. Install ${from}`);
  }
  return lines;
}
