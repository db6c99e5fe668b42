/** Ingress controllers that infra/app/back-end-trust.ts knows how to talk to. */
export const controllerNames = ['traefik', 'nginx', 'alb', 'gce', 'openshift', 'other'] as const;

export type ControllerName = (typeof controllerNames)[number];
