import {CommandError} from '../cli/command-error.ts';
import type {Cluster} from '../cluster/connect.ts';
import {madeByBootstrap, readNamespace} from '../cluster/namespaces.ts';
import {environmentLabel} from '../lib/labels.ts';

/** The namespace of the state; several environments of a cluster may share it. Returns what was done. */
export async function ensureStateNamespace(cluster: Cluster, name: string): Promise<string> {
  if ((await readNamespace(cluster, name)) !== undefined) return `kept namespace ${name}`;
  await cluster.core.createNamespace({body: {metadata: {name, labels: madeByBootstrap}}});
  return `made namespace ${name}`;
}

/**
 * The namespace of the workload. One that exists is taken over by a label, and is then kept by a destroy.
 * @throws CommandError where it is another environment's.
 */
export async function ensureWorkloadNamespace(
  cluster: Cluster,
  name: string,
  environmentName: string,
): Promise<string> {
  const mark = {[environmentLabel]: environmentName};
  const existing = await readNamespace(cluster, name);
  if (existing === undefined) {
    await cluster.core.createNamespace({body: {metadata: {name, labels: {...madeByBootstrap, ...mark}}}});
    return `made namespace ${name}`;
  }
  const owner = existing.metadata?.labels?.[environmentLabel];
  if (owner === environmentName) return `kept namespace ${name}`;
  if (owner !== undefined)
    throw new CommandError(`namespace "${name}" belongs to environment "${owner}", not to "${environmentName}"`);
  const metadata = {...existing.metadata, labels: {...existing.metadata?.labels, ...mark}};
  await cluster.core.replaceNamespace({name, body: {...existing, metadata}});
  return `took over namespace ${name}`;
}
