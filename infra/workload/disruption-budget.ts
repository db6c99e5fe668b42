import {componentLabels, selectorLabels} from '../lib/labels.ts';
import {type Component, componentName} from '../lib/names.ts';

/** A drain takes one pod at a time. (The Terraform provider lacks `unhealthyPodEvictionPolicy`.) */
export const disruptionBudget = (
  component: Component,
  {environmentName, namespace}: {readonly environmentName: string; readonly namespace: string},
) => ({
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: {name: componentName(component), namespace, labels: componentLabels(environmentName, component)},
  spec: {
    maxUnavailable: 1,
    // A pod that is not ready serves nobody: it must not keep a node from being drained.
    unhealthyPodEvictionPolicy: 'AlwaysAllow',
    selector: {matchLabels: selectorLabels(component)},
  },
});
