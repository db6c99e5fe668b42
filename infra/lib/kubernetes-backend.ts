import type {Construct, TerraformRemoteState} from './cdk.ts';
import {TerraformBackend} from './cdk.ts';

export interface KubernetesBackendProps {
  /** Context of the kubeconfig, so that the state lies in the cluster that it describes. */
  readonly context: string;
  readonly namespace: string;
  /** The state is the Secret `tfstate-default-SUFFIX`, its lock the Lease `lock-tfstate-default-SUFFIX`. */
  readonly secretSuffix: string;
}

/** Terraform's `kubernetes` backend, for which the CDK has no class. It finds the kubeconfig by KUBE_CONFIG_PATH. */
export class KubernetesBackend extends TerraformBackend {
  readonly #props: KubernetesBackendProps;

  constructor(scope: Construct, props: KubernetesBackendProps) {
    super(scope, 'backend', 'kubernetes');
    this.#props = props;
  }

  protected override synthesizeAttributes(): Record<string, string> {
    return {
      config_context: this.#props.context,
      namespace: this.#props.namespace,
      secret_suffix: this.#props.secretSuffix,
    };
  }

  protected override synthesizeHclAttributes(): Record<string, string> {
    return this.synthesizeAttributes();
  }

  override getRemoteStateDataSource(_scope: Construct, name: string): TerraformRemoteState {
    throw new Error(`${name}: stacks share names computed from the environment, never outputs`);
  }
}
