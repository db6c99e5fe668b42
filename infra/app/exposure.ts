import {IngressV1} from '@cdktf/provider-kubernetes/lib/ingress-v1/index.js';
import type {Environment} from '../environment/schema.ts';
import {Construct} from '../lib/cdk.ts';
import {componentLabels} from '../lib/labels.ts';
import {literalValues} from '../lib/literal.ts';
import {componentName} from '../lib/names.ts';
import {ingressTls} from '../secrets/names.ts';

export interface ExposureProps {
  readonly environmentName: string;
  readonly environment: Environment;
}

/** The way in from outside the cluster; `kind: none` has none. */
export class Exposure extends Construct {
  constructor(scope: Construct, id: string, {environmentName, environment: {namespace, exposure}}: ExposureProps) {
    super(scope, id);
    if (exposure.kind === 'none') return;
    const name = componentName('app');
    const host = exposure.host === undefined ? {} : {host: exposure.host};
    new IngressV1(this, 'ingress', {
      metadata: {
        name,
        namespace,
        labels: componentLabels(environmentName, 'app'),
        annotations: literalValues(exposure.annotations),
      },
      spec: {
        ingressClassName: exposure.ingressClass,
        rule: [
          {...host, http: {path: [{path: '/', pathType: 'Prefix', backend: {service: {name, port: {name: 'http'}}}}]}},
        ],
        ...(exposure.tls && exposure.host !== undefined
          ? {tls: [{hosts: [exposure.host], secretName: ingressTls}]}
          : {}),
      },
    });
  }
}
