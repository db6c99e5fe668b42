import {ApiException, V1MicroTime} from '@kubernetes/client-node';
import type {ClusterAccess} from './cluster-access.ts';

// Long enough for a renewal that the API server answers slowly, short enough that a run that died holds nobody up for long.
const DURATION_SECONDS = 60;
const RENEW_MS = 15_000;

/** Somebody else is at work. */
export class LeaseHeld extends Error {}

/**
 * Takes the Lease that deploys and chaos runs share, so that only one of them is at work; holds it until disposed of.
 * @throws LeaseHeld that says by whom.
 */
export async function takeLease(cluster: ClusterAccess, name: string, holder: string): Promise<AsyncDisposable> {
  await write(cluster, name, holder);
  const timer = setInterval(() => {
    // Missed once it is tried again; missed for good, the next run waits for its end.
    write(cluster, name, holder).catch(() => {});
  }, RENEW_MS);
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await write(cluster, name, holder, '');
    },
  };
}

async function write({coordination, namespace}: ClusterAccess, name: string, holder: string, next = holder) {
  const now = new V1MicroTime();
  const spec = {holderIdentity: next, leaseDurationSeconds: DURATION_SECONDS, renewTime: now};
  const lease = await coordination.readNamespacedLease({name, namespace}).catch((error: unknown) => {
    if (error instanceof ApiException && error.code === 404) return undefined;
    throw error;
  });
  if (!lease) {
    await coordination.createNamespacedLease({namespace, body: {metadata: {name, namespace}, spec}});
    return;
  }
  const {holderIdentity: current = '', renewTime, leaseDurationSeconds = DURATION_SECONDS} = lease.spec ?? {};
  // The client hands on what the server says: a text.
  const expiresAt = new Date(renewTime ?? 0).getTime() + leaseDurationSeconds * 1_000;
  if (current !== '' && current !== holder && expiresAt > now.getTime())
    throw new LeaseHeld(`${current} is at work in ${namespace}: it holds the Lease ${name}`);
  // The resource version in `lease` lets only one of several win.
  await coordination.replaceNamespacedLease({name, namespace, body: {...lease, spec: {...lease.spec, ...spec}}});
}
