import type {Environment} from '../environment/schema.ts';
import {componentLabels, selectorLabels} from '../lib/labels.ts';
import {type Component, componentName, ports} from '../lib/names.ts';

interface Endpoint {
  /** What is scraped, in the label `part`. */
  readonly part: string;
  /** Name of the container's port. */
  readonly port: string;
  readonly path: string;
  readonly params?: Readonly<Record<string, string[]>>;
}

/** Pods are scraped themselves, whatever Service they are in: `/metrics` belongs in none. */
export function podMonitors(environmentName: string, environment: Environment): object[] {
  const monitor = (component: Component, endpoints: readonly Endpoint[]) => ({
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PodMonitor',
    metadata: {
      name: componentName(component),
      namespace: environment.namespace,
      labels: {...componentLabels(environmentName, component), ...environment.observability.labels},
    },
    spec: {
      selector: {matchLabels: selectorLabels(component)},
      podMetricsEndpoints: endpoints.map(({part, ...endpoint}) => ({
        ...endpoint,
        interval: '15s',
        relabelings: [{targetLabel: 'part', replacement: part}],
      })),
    },
  });
  const app = monitor('app', [{part: 'app', port: 'metrics', path: '/metrics'}]);
  if (environment.redis.mode !== 'replicated') return [app];
  // The exporter of a pod is asked about both processes beside it.
  const redis = monitor('redis', [
    {part: 'redis', port: 'exporter', path: '/metrics'},
    {part: 'sentinel', port: 'exporter', path: '/scrape', params: {target: [`rediss://localhost:${ports.sentinel}`]}},
  ]);
  return [app, redis];
}
