import {KubernetesProvider} from '@cdktf/provider-kubernetes/lib/provider/index.js';
import type {Environment} from '../environment/schema.ts';
import {type App, LocalBackend, TerraformStack} from './cdk.ts';
import {KubernetesBackend} from './kubernetes-backend.ts';
import {type StackName, stackId} from './names.ts';

export interface OtpStackProps {
  readonly environmentName: string;
  readonly environment: Environment;
}

/** A stack of one environment: its state and its provider. What is in it, its subclass lists. */
export abstract class OtpStack extends TerraformStack {
  constructor(app: App, name: StackName, {environmentName, environment}: OtpStackProps) {
    super(app, stackId(environmentName, name));
    if (environment.state.backend === 'local') new LocalBackend(this);
    else
      new KubernetesBackend(this, {
        context: environment.context,
        namespace: environment.state.namespace,
        secretSuffix: stackId(environmentName, name),
      });
    // The kubeconfig's path is the operator's (KUBE_CONFIG_PATH) and no part of the stack.
    new KubernetesProvider(this, 'kubernetes', {configContext: environment.context});
  }
}
