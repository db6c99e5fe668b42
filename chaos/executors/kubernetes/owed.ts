import {PatchStrategy, setHeaderOptions} from '@kubernetes/client-node';
import type {ClusterAccess} from './cluster-access.ts';

const ANNOTATION = 'otp/chaos-owes-redis-replicas';

/**
 * Notes on the Lease of a run how many pods of Redis there have to be again, before it takes them away: should the run be
 * killed, another job sees to it (heal.ts). Without a number nothing is owed any more.
 */
export async function noteOwed({coordination, namespace}: ClusterAccess, lease: string, replicas?: number) {
  const annotations = {[ANNOTATION]: replicas === undefined ? null : String(replicas)};
  const merge = setHeaderOptions('Content-Type', PatchStrategy.MergePatch);
  await coordination.patchNamespacedLease({name: lease, namespace, body: {metadata: {annotations}}}, merge);
}

/** How many pods of Redis a run that was killed owes; undefined where it owes none. */
export async function owedReplicas(
  {coordination, namespace}: ClusterAccess,
  name: string,
): Promise<number | undefined> {
  // A list: a Lease that there has never been is no error.
  const {items} = await coordination.listNamespacedLease({namespace});
  const text = items.find(({metadata}) => metadata?.name === name)?.metadata?.annotations?.[ANNOTATION];
  return text === undefined ? undefined : Number(text);
}
