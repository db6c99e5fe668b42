import {KubernetesProvider} from '@cdktf/provider-kubernetes/lib/provider/index.js';
import type {Environment} from '../environment/schema.ts';
import {type App, LocalBackend, S3Backend, TerraformStack} from './cdk.ts';
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
    this.#keepState(environment, stackId(environmentName, name));
    // The kubeconfig's path is the operator's (KUBE_CONFIG_PATH) and no part of the stack.
    new KubernetesProvider(this, 'kubernetes', {configContext: environment.context});
  }

  #keepState({state, context}: Environment, key: string): void {
    switch (state.backend) {
      case 'local':
        new LocalBackend(this);
        break;
      case 'kubernetes':
        new KubernetesBackend(this, {context, namespace: state.namespace, secretSuffix: key});
        break;
      case 's3': {
        const {bucket, region, prefix, endpoint} = state.s3 ?? {bucket: '', region: ''};
        new S3Backend(this, {
          bucket,
          region,
          key: [...(prefix === undefined ? [] : [prefix]), `${key}.tfstate`].join('/'),
          encrypt: true,
          // Amazon's checks mean nothing to others, who have paths where it has host names.
          ...(endpoint === undefined
            ? {}
            : {
                endpoints: {s3: endpoint},
                usePathStyle: true,
                skipCredentialsValidation: true,
                skipMetadataApiCheck: true,
                skipRegionValidation: true,
                skipRequestingAccountId: true,
                skipS3Checksum: true,
              }),
        });
        // A lock beside the object (Terraform 1.10); the framework's class is older than that.
        this.addOverride('terraform.backend.s3.use_lockfile', true);
      }
    }
  }
}
