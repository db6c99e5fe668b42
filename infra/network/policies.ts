import {NetworkPolicyV1} from '@cdktf/provider-kubernetes/lib/network-policy-v1/index.js';
import type {Environment} from '../environment/schema.ts';
import {Construct} from '../lib/cdk.ts';
import {componentLabels, selectorLabels, sharedLabels} from '../lib/labels.ts';
import {type Component, componentName} from '../lib/names.ts';
import {flowsOf} from './flows.ts';
import {reaches} from './peers.ts';

export interface PolicyProps {
  readonly environmentName: string;
  readonly environment: Environment;
}

/** Denies every pod of the namespace all traffic but what the flow table gives to every pod. */
export class DefaultDeny extends Construct {
  constructor(scope: Construct, id: string, {environmentName, environment}: PolicyProps) {
    super(scope, id);
    const egress = flowsOf(environment)
      .filter(({from}) => from === 'every pod')
      .flatMap(({to, port}) => reaches(to, port, environment))
      .map(({peers, ports}) => ({to: peers, ports}));
    new NetworkPolicyV1(this, 'policy', {
      metadata: {name: 'otp-default-deny', namespace: environment.namespace, labels: sharedLabels(environmentName)},
      spec: {podSelector: {}, policyTypes: ['Ingress', 'Egress'], egress},
    });
  }
}

/** Allows a component what the flow table gives to it, at both ends. */
export class ComponentPolicy extends Construct {
  constructor(scope: Construct, id: string, component: Component, {environmentName, environment}: PolicyProps) {
    super(scope, id);
    const ingress = flowsOf(environment)
      .filter(({to}) => to === component)
      .flatMap(({from, port}) => reaches(from, port, environment))
      .map(({peers, ports}) => ({from: peers, ports}));
    const egress = flowsOf(environment)
      .filter(({from}) => from === component)
      .flatMap(({to, port}) => reaches(to, port, environment))
      .map(({peers, ports}) => ({to: peers, ports}));
    new NetworkPolicyV1(this, 'policy', {
      metadata: {
        name: componentName(component),
        namespace: environment.namespace,
        labels: componentLabels(environmentName, component),
      },
      spec: {
        podSelector: {matchLabels: selectorLabels(component)},
        policyTypes: ['Ingress', 'Egress'],
        ingress,
        egress,
      },
    });
  }
}
