import {Labels} from '@cdktf/provider-kubernetes/lib/labels/index.js';
import {LimitRangeV1} from '@cdktf/provider-kubernetes/lib/limit-range-v1/index.js';
import {ResourceQuotaV1} from '@cdktf/provider-kubernetes/lib/resource-quota-v1/index.js';
import {ServiceAccountV1} from '@cdktf/provider-kubernetes/lib/service-account-v1/index.js';
import type {Environment} from '../environment/schema.ts';
import {Construct} from '../lib/cdk.ts';
import {componentLabels, sharedLabels} from '../lib/labels.ts';
import {componentName, components} from '../lib/names.ts';
import {computedQuota} from './quota.ts';

export interface FoundationProps {
  readonly environmentName: string;
  readonly environment: Environment;
}

/** The rules of a namespace that bootstrap made: a destroy takes the rules away and leaves the namespace. */
export class Foundation extends Construct {
  constructor(scope: Construct, id: string, {environmentName, environment}: FoundationProps) {
    super(scope, id);
    const {namespace} = environment;
    const labels = sharedLabels(environmentName);

    new Labels(this, 'pod-security', {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: {name: namespace},
      labels: Object.fromEntries(
        ['enforce', 'audit', 'warn'].map((mode) => [`pod-security.kubernetes.io/${mode}`, 'restricted']),
      ),
    });
    new ResourceQuotaV1(this, 'quota', {
      metadata: {name: 'otp', namespace, labels},
      spec: {hard: computedQuota(environment)},
    });
    new LimitRangeV1(this, 'limits', {
      metadata: {name: 'otp', namespace, labels},
      // For a pod that an operator runs by hand: without these the quota would refuse it.
      spec: {limit: [{type: 'Container', default: {memory: '128Mi'}, defaultRequest: {cpu: '50m', memory: '64Mi'}}]},
    });
    for (const component of components)
      new ServiceAccountV1(this, `account-${component}`, {
        metadata: {name: componentName(component), namespace, labels: componentLabels(environmentName, component)},
        automountServiceAccountToken: false,
      });
  }
}
