import {ServiceV1} from '@cdktf/provider-kubernetes/lib/service-v1/index.js';
import type {Environment} from '../environment/schema.ts';
import {Construct} from '../lib/cdk.ts';
import {componentLabels, selectorLabels} from '../lib/labels.ts';
import {literalValues} from '../lib/literal.ts';
import {componentName, peerServiceName, ports} from '../lib/names.ts';
import {backEndTrust} from './back-end-trust.ts';
import {apiEndpoint} from './endpoint.ts';

export interface AppServicesProps {
  readonly environmentName: string;
  readonly environment: Environment;
}

/** The address that callers use, and the list by which the pods find one another. */
export class AppServices extends Construct {
  constructor(scope: Construct, id: string, {environmentName, environment}: AppServicesProps) {
    super(scope, id);
    const {namespace} = environment;
    const labels = componentLabels(environmentName, 'app');
    const selector = selectorLabels('app');
    const {scheme, port} = apiEndpoint(environment);
    new ServiceV1(this, 'service', {
      metadata: {
        name: componentName('app'),
        namespace,
        labels,
        annotations: literalValues(backEndTrust(environment).serviceAnnotations),
      },
      spec: {
        selector,
        port: [{name: scheme, port, targetPort: 'api', appProtocol: scheme}],
      },
    });
    // Headless, and with pods that are not ready: a pod cut off from the store still is a peer.
    new ServiceV1(this, 'peers', {
      metadata: {name: peerServiceName, namespace, labels},
      spec: {
        selector,
        clusterIp: 'None',
        publishNotReadyAddresses: true,
        port: [{name: 'peers', port: ports.peers, targetPort: 'peers', appProtocol: 'https'}],
      },
    });
  }
}
