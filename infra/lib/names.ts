/** Names of what the stacks make: computed alike by every stack, so that none reads another's outputs. */
export const stackNames = ['foundation', 'redis', 'app', 'observability', 'resilience'] as const;
export type StackName = (typeof stackNames)[number];

export const stackId = (environmentName: string, stack: StackName) => `${environmentName}-${stack}`;

/** load and chaos: jobs of the stack resilience. */
export const components = ['app', 'redis', 'load', 'chaos'] as const;
export type Component = (typeof components)[number];

/** A component's workload, Service, ServiceAccount and policies bear this name. */
export const componentName = (component: Component) => `otp-${component}`;

export const peerServiceName = 'otp-app-peers';
/** The LoadBalancer, where there is one. */
export const publicServiceName = 'otp-app-public';

/** api: HTTPS, or HTTP where the environment says so. peers: between the pods of the app alone, in no Service but theirs. waiting: between pods of Redis that boot. alertmanager: not ours, and everybody's. */
export const ports = {
  api: 8080,
  metrics: 9464,
  peers: 9443,
  redis: 6379,
  sentinel: 26379,
  waiting: 6380,
  exporter: 9121,
  alertmanager: 9093,
} as const;
