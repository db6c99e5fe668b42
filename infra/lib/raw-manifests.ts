import {join} from 'node:path';
import {HelmProvider} from '@cdktf/provider-helm/lib/provider/index.js';
import {Release} from '@cdktf/provider-helm/lib/release/index.js';
import {kubernetesYaml} from '../plain/yaml.ts';
import {AssetType, Construct, TerraformAsset} from './cdk.ts';
import {literal} from './literal.ts';
import {projectRoot} from './project-root.ts';

export interface RawManifestsProps {
  /** Of the Helm release. */
  readonly name: string;
  readonly namespace: string;
  /** Of the kubeconfig. */
  readonly context: string;
  /** Kubernetes objects, all of that namespace. */
  readonly manifests: readonly object[];
}

/**
 * Objects that the Terraform provider cannot express, as they are: a release of a chart that lies beside this code. They
 * travel in the release's values, because Terraform sees a change there. One in a stack: the provider comes with it.
 */
export class RawManifests extends Construct {
  constructor(scope: Construct, id: string, {name, namespace, context, manifests}: RawManifestsProps) {
    super(scope, id);
    new HelmProvider(this, 'helm', {kubernetes: {configContext: context}});
    // Copied beside the stack's files, so that no path of one machine enters the state.
    const chart = new TerraformAsset(this, 'chart', {
      path: join(projectRoot, 'infra/charts/raw'),
      type: AssetType.DIRECTORY,
    });
    new Release(this, 'release', {
      name,
      namespace,
      chart: `./${chart.path}`,
      maxHistory: 2,
      values: [literal(kubernetesYaml({manifests}))],
    });
  }
}
