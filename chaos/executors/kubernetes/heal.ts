import type {ClusterAccess} from './cluster-access.ts';
import {LeaseHeld, takeLease} from './lease.ts';
import {noteOwed, owedReplicas} from './owed.ts';
import {redisPods} from './redis-pods.ts';

export interface Owing {
  /** The Lease that a run holds. */
  readonly lease: string;
  /** The StatefulSet of Redis. */
  readonly redis: string;
  /** Who heals, for the Lease. */
  readonly holder: string;
}

const WHOLE_MS = 600_000;

/**
 * Gives back what a run has taken away that was killed before it could.
 * @returns what was done, in words
 * @throws Error when it could not be done: it is owed still
 */
export async function heal(cluster: ClusterAccess, {lease, redis, holder}: Owing): Promise<string> {
  const replicas = await owedReplicas(cluster, lease);
  if (replicas === undefined) return 'nothing is owed';
  try {
    await using _held = await takeLease(cluster, lease, holder);
    const pods = redisPods(cluster, redis);
    await pods.scale(replicas);
    await noteOwed(cluster, lease);
    await pods.whole(replicas, WHOLE_MS);
    return `${redis} has its ${replicas} pods again`;
  } catch (error) {
    // It heals by itself what it has broken.
    if (error instanceof LeaseHeld) return error.message;
    throw error;
  }
}
