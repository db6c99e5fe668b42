import type {Environment} from '../environment/schema.ts';
import {componentLabels} from '../lib/labels.ts';
import {componentName} from '../lib/names.ts';
import {appAuthority} from '../secrets/names.ts';
import {backEndTrust, traefikObjects} from './back-end-trust.ts';
import {apiEndpoint} from './endpoint.ts';

/** Custom resources by which traffic finds the pods, and by which what stands before them verifies them. */
export function routingManifests(environmentName: string, environment: Environment): object[] {
  const {exposure} = environment;
  if (exposure.kind === 'ingress' && backEndTrust(environment).transport === 'traefik')
    return traefikObjects(environmentName, environment);
  if (exposure.kind === 'gateway') return gatewayRoute(environmentName, environment);
  return [];
}

/** Gateway API 1.4: the first in which BackendTLSPolicy is stable. */
function gatewayRoute(environmentName: string, environment: Environment): object[] {
  const {namespace, exposure, app} = environment;
  const name = componentName('app');
  const labels = componentLabels(environmentName, 'app');
  const {host, port} = apiEndpoint(environment);
  const route = {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: {name, namespace, labels, annotations: exposure.annotations},
    spec: {
      parentRefs: [{kind: 'Gateway', ...exposure.gateway}],
      ...(exposure.host === undefined ? {} : {hostnames: [exposure.host]}),
      rules: [{matches: [{path: {type: 'PathPrefix', value: '/'}}], backendRefs: [{kind: 'Service', name, port}]}],
    },
  };
  const trust = {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'BackendTLSPolicy',
    metadata: {name, namespace, labels},
    spec: {
      targetRefs: [{group: '', kind: 'Service', name}],
      // A ConfigMap: the only kind that every implementation has to take.
      validation: {hostname: host, caCertificateRefs: [{group: '', kind: 'ConfigMap', name: appAuthority}]},
    },
  };
  return app.tls ? [route, trust] : [route];
}
