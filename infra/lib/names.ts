/** Names of what the stacks make: computed alike by every stack, so that none reads another's outputs. */
export const stackNames = ['foundation', 'redis', 'app'] as const;
export type StackName = (typeof stackNames)[number];

export const stackId = (environmentName: string, stack: StackName) => `${environmentName}-${stack}`;

export const components = ['app', 'redis'] as const;
export type Component = (typeof components)[number];

/** A component's workload, Service, ServiceAccount and policies bear this name. */
export const componentName = (component: Component) => `otp-${component}`;

export const peerServiceName = 'otp-app-peers';

export const ports = {http: 8080, metrics: 9464, redis: 6379} as const;
