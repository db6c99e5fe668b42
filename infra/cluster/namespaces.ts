import type {V1Namespace} from '@kubernetes/client-node';
import {CommandError} from '../cli/command-error.ts';
import {environmentLabel} from '../lib/labels.ts';
import type {Cluster} from './connect.ts';
import {found} from './found.ts';

/** On namespaces that bootstrap made, and may therefore be removed by `destroy -- --all`. */
export const madeByBootstrap = {'app.kubernetes.io/managed-by': 'otp-bootstrap'};

export const isMadeByBootstrap = (namespace: V1Namespace | undefined) =>
  Object.entries(madeByBootstrap).every(([label, value]) => namespace?.metadata?.labels?.[label] === value);

export const readNamespace = ({core}: Cluster, name: string) => found(core.readNamespace({name}));

/** @throws CommandError where the namespace is missing or another environment's. */
export async function requireNamespace(cluster: Cluster, namespace: string, environmentName: string): Promise<void> {
  const owner = (await readNamespace(cluster, namespace))?.metadata?.labels?.[environmentLabel];
  if (owner === environmentName) return;
  if (owner === undefined)
    throw new CommandError(
      `namespace "${namespace}" is not prepared for environment "${environmentName}": run npm run bootstrap -- --env ${environmentName}`,
    );
  throw new CommandError(`namespace "${namespace}" belongs to environment "${owner}", not to "${environmentName}"`);
}
