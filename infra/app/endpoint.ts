import type {Environment} from '../environment/schema.ts';
import {componentName, peerServiceName} from '../lib/names.ts';

/** How the API is spoken to inside the cluster; its Service, probes and callers go by this. */
export interface ApiEndpoint {
  readonly scheme: 'https' | 'http';
  /** Of the Service. */
  readonly port: 443 | 80;
  /** Inside the cluster, and in the certificate. */
  readonly host: string;
}

export function apiEndpoint({app, namespace}: Pick<Environment, 'app' | 'namespace'>): ApiEndpoint {
  const host = `${componentName('app')}.${namespace}.svc`;
  return app.tls ? {scheme: 'https', port: 443, host} : {scheme: 'http', port: 80, host};
}

export const peerHost = (namespace: string) => `${peerServiceName}.${namespace}.svc`;

/** Names that the certificate of the API bears: its two Services, short and full, and the public one where callers reach the pods. */
export function appCertificateNames({namespace, exposure}: Pick<Environment, 'namespace' | 'exposure'>): string[] {
  const ofService = (service: string) => [
    service,
    `${service}.${namespace}`,
    `${service}.${namespace}.svc`,
    `${service}.${namespace}.svc.cluster.local`,
  ];
  const publicName = exposure.kind === 'loadBalancer' && exposure.host !== undefined ? [exposure.host] : [];
  return [...publicName, ...ofService(componentName('app')), ...ofService(peerServiceName), 'localhost'];
}
