import {setTimeout as wait} from 'node:timers/promises';
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

// 120 s: volumes are detached and pods get their grace period.
const goneTimeoutMs = 120_000;

/** Removes a namespace with all that is in it, and waits until it is gone. */
export async function removeNamespace(cluster: Cluster, name: string): Promise<void> {
  await found(cluster.core.deleteNamespace({name}));
  const deadline = performance.now() + goneTimeoutMs;
  while ((await readNamespace(cluster, name)) !== undefined) {
    if (performance.now() > deadline)
      throw new CommandError(`namespace ${name} is still being removed after ${goneTimeoutMs / 1000} s`);
    await wait(500);
  }
}

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
