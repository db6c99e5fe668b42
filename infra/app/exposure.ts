import {IngressV1} from '@cdktf/provider-kubernetes/lib/ingress-v1/index.js';
import {ServiceV1} from '@cdktf/provider-kubernetes/lib/service-v1/index.js';
import type {Environment} from '../environment/schema.ts';
import {Construct} from '../lib/cdk.ts';
import {componentLabels, selectorLabels} from '../lib/labels.ts';
import {literalValues} from '../lib/literal.ts';
import {componentName, publicServiceName} from '../lib/names.ts';
import {ingressTls} from '../secrets/names.ts';
import {backEndTrust} from './back-end-trust.ts';
import {apiEndpoint} from './endpoint.ts';

export interface ExposureProps {
  readonly environmentName: string;
  readonly environment: Environment;
}

/** The way in from outside the cluster; a Gateway's part of it are custom resources, which lie in `routing.ts`. */
export class Exposure extends Construct {
  constructor(scope: Construct, id: string, props: ExposureProps) {
    super(scope, id);
    switch (props.environment.exposure.kind) {
      case 'ingress':
        this.#ingress(props);
        break;
      case 'loadBalancer':
        this.#loadBalancer(props);
        break;
      case 'gateway':
      case 'none':
        break;
    }
  }

  #ingress({environmentName, environment}: ExposureProps): void {
    const {namespace, exposure} = environment;
    const name = componentName('app');
    const host = exposure.host === undefined ? {} : {host: exposure.host};
    const service = {name, port: {name: apiEndpoint(environment).scheme}};
    const ofClass = classOf(exposure);
    new IngressV1(this, 'ingress', {
      metadata: {
        name,
        namespace,
        labels: componentLabels(environmentName, 'app'),
        annotations: literalValues({
          ...ofClass.annotations,
          ...backEndTrust(environment).ingressAnnotations,
          ...exposure.annotations,
        }),
      },
      spec: {
        ...ofClass.spec,
        rule: [{...host, http: {path: [{path: '/', pathType: 'Prefix', backend: {service}}]}}],
        ...(exposure.tls && exposure.host !== undefined
          ? {tls: [{hosts: [exposure.host], secretName: ingressTls}]}
          : {}),
      },
    });
  }

  /** Callers reach the pods by TCP: what they verify is the certificate of the pods. */
  #loadBalancer({environmentName, environment: {namespace, exposure}}: ExposureProps): void {
    new ServiceV1(this, 'load-balancer', {
      metadata: {
        name: publicServiceName,
        namespace,
        labels: componentLabels(environmentName, 'app'),
        annotations: literalValues(exposure.annotations),
      },
      spec: {
        type: 'LoadBalancer',
        // Local: pods see the address that a caller has, and policies can go by it.
        externalTrafficPolicy: 'Local',
        selector: selectorLabels('app'),
        port: [{name: 'https', port: 443, targetPort: 'api', appProtocol: 'https'}],
      },
      // Clouds take minutes to make one; the pods are what a deploy waits for.
      waitForLoadBalancer: false,
    });
  }
}

/** The controller of GKE takes no action where the field names a class, whichever; the API server refuses both. */
function classOf({controller, ingressClass}: Environment['exposure']) {
  return controller === 'gce'
    ? {annotations: {'kubernetes.io/ingress.class': ingressClass}, spec: {}}
    : {annotations: {}, spec: {ingressClassName: ingressClass}};
}
