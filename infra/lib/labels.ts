import type {Component} from './names.ts';

/** Bears the environment's name on all that bootstrap and the stacks make. */
export const environmentLabel = 'otp/environment';

const part = {'app.kubernetes.io/part-of': 'otp-service'};

/** Immutable in Deployments and StatefulSets: never add to it. */
export const selectorLabels = (component: Component) => ({
  'app.kubernetes.io/name': 'otp-service',
  'app.kubernetes.io/component': component,
});

export const componentLabels = (environmentName: string, component: Component) => ({
  ...selectorLabels(component),
  ...sharedLabels(environmentName),
});

export const sharedLabels = (environmentName: string) => ({...part, [environmentLabel]: environmentName});
