import {RoleBindingV1} from '@cdktf/provider-kubernetes/lib/role-binding-v1/index.js';
import {RoleV1} from '@cdktf/provider-kubernetes/lib/role-v1/index.js';
import type {Environment} from '../environment/schema.ts';
import {Construct} from '../lib/cdk.ts';
import {componentLabels} from '../lib/labels.ts';
import {componentName} from '../lib/names.ts';
import {exclusiveLease} from './exclusive.ts';

export interface ChaosPermissionsProps {
  readonly environmentName: string;
  readonly environment: Environment;
}

/** What chaos may do, in this namespace and nowhere else: no node, no Secret, no change of a workload but its size. */
export class ChaosPermissions extends Construct {
  constructor(scope: Construct, id: string, {environmentName, environment: {namespace}}: ChaosPermissionsProps) {
    super(scope, id);
    const name = componentName('chaos');
    const metadata = {name, namespace, labels: componentLabels(environmentName, 'chaos')};
    const redis = componentName('redis');
    new RoleV1(this, 'role', {
      metadata,
      rule: [
        // Who is there, and the faults "deleted" and "killed" (a deletion without grace).
        {apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch', 'delete']},
        {apiGroups: [''], resources: ['pods/log'], verbs: ['get']},
        // Which pod is the master: asked of Redis itself, in its container.
        {apiGroups: [''], resources: ['pods/exec'], verbs: ['create', 'get']},
        // Is redundancy full?
        {apiGroups: ['apps'], resources: ['statefulsets', 'deployments'], verbs: ['get', 'list', 'watch']},
        // "All of Redis gone": to none, and back.
        {
          apiGroups: ['apps'],
          resources: ['statefulsets/scale'],
          resourceNames: [redis],
          verbs: ['get', 'update', 'patch'],
        },
        // May it be done here, and is nobody else at it?
        {apiGroups: [''], resources: ['namespaces'], resourceNames: [namespace], verbs: ['get']},
        {apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['create', 'list']},
        {
          apiGroups: ['coordination.k8s.io'],
          resources: ['leases'],
          resourceNames: [exclusiveLease],
          verbs: ['get', 'update', 'patch', 'delete'],
        },
      ],
    });
    new RoleBindingV1(this, 'binding', {
      metadata,
      roleRef: {apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name},
      subject: [{kind: 'ServiceAccount', name, namespace}],
    });
  }
}
