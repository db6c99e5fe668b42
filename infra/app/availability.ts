import {HorizontalPodAutoscalerV2} from '@cdktf/provider-kubernetes/lib/horizontal-pod-autoscaler-v2/index.js';
import type {Environment} from '../environment/schema.ts';
import {Construct} from '../lib/cdk.ts';
import {componentLabels} from '../lib/labels.ts';
import {componentName} from '../lib/names.ts';
import {RawManifests} from '../lib/raw-manifests.ts';
import {disruptionBudget} from '../workload/disruption-budget.ts';
import {routingManifests} from './routing.ts';

export interface AppAvailabilityProps {
  readonly environmentName: string;
  readonly environment: Environment;
}

/** How many pods there are under load, and how few a drain may leave; with the custom resources of the way to them. */
export class AppAvailability extends Construct {
  constructor(scope: Construct, id: string, {environmentName, environment}: AppAvailabilityProps) {
    super(scope, id);
    const {namespace, context, app} = environment;
    const name = componentName('app');
    const labels = componentLabels(environmentName, 'app');
    new HorizontalPodAutoscalerV2(this, 'autoscaler', {
      metadata: {name, namespace, labels},
      spec: {
        minReplicas: app.minReplicas,
        maxReplicas: app.maxReplicas,
        scaleTargetRef: {apiVersion: 'apps/v1', kind: 'Deployment', name},
        metric: [
          {
            type: 'Resource',
            resource: {name: 'cpu', target: {type: 'Utilization', averageUtilization: app.targetCpuPercent}},
          },
        ],
        behavior: {
          // Up at once, by doubling: a burst of logins is over before a careful autoscaler has acted.
          scaleUp: [
            {
              stabilizationWindowSeconds: 0,
              selectPolicy: 'Max',
              policy: [{type: 'Percent', value: 100, periodSeconds: 15}],
            },
          ],
          // Down one pod a minute, once it is calm: each pod that leaves drains connections.
          scaleDown: [
            {
              stabilizationWindowSeconds: app.scaleDownAfterSeconds,
              selectPolicy: 'Max',
              policy: [{type: 'Pods', value: 1, periodSeconds: 60}],
            },
          ],
        },
      },
    });
    new RawManifests(this, 'manifests', {
      name,
      namespace,
      context,
      manifests: [
        disruptionBudget('app', {environmentName, namespace}),
        ...routingManifests(environmentName, environment),
      ],
    });
  }
}
