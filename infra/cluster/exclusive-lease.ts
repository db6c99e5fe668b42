import {hostname, userInfo} from 'node:os';
import {ApiException, CoordinationV1Api, V1MicroTime} from '@kubernetes/client-node';
import {CommandError} from '../cli/command-error.ts';
import {exclusiveLease} from '../resilience/exclusive.ts';
import type {Cluster} from './connect.ts';
import {found} from './found.ts';

// Whoever was killed with the Lease in hand is waited for no longer than this.
const durationSeconds = 60;
const renewMs = 15_000;

/**
 * Holds the namespace's Lease while something is changed, so that no chaos run falls into a deploy and no deploy into one.
 * @throws CommandError that names the holder and says when it is waited for no longer.
 */
export async function holdExclusive({config}: Cluster, namespace: string, purpose: string): Promise<AsyncDisposable> {
  const leases = config.makeApiClient(CoordinationV1Api);
  const identity = `${purpose} by ${userInfo().username} on ${hostname()}, process ${process.pid}`;
  await write(leases, namespace, identity, identity);
  const timer = setInterval(() => {
    // Missed once it is tried again.
    write(leases, namespace, identity, identity).catch(() => {});
  }, renewMs);
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await write(leases, namespace, identity, '');
    },
  };
}

export type Leases = Pick<
  CoordinationV1Api,
  'readNamespacedLease' | 'createNamespacedLease' | 'replaceNamespacedLease'
>;

/** Takes, renews or (with no next holder) gives back the Lease. @throws CommandError where somebody else has it. */
export async function write(leases: Leases, namespace: string, holder: string, next: string): Promise<void> {
  const name = exclusiveLease;
  const now = Date.now();
  const spec = {holderIdentity: next, leaseDurationSeconds: durationSeconds, renewTime: new V1MicroTime(now)};
  const refused = (who: string, forSeconds: number) =>
    new CommandError(
      `${who} is at work in ${namespace} (Lease ${name}). Wait until it has ended; if it was killed, ${forSeconds} s more are enough`,
    );
  const existing = await found(leases.readNamespacedLease({name, namespace}));
  if (existing === undefined) {
    await leases.createNamespacedLease({namespace, body: {metadata: {name, namespace}, spec}});
    return;
  }
  const {holderIdentity = '', renewTime, leaseDurationSeconds = durationSeconds} = existing.spec ?? {};
  const leftMs = new Date(renewTime ?? 0).getTime() + leaseDurationSeconds * 1000 - now;
  if (holderIdentity !== '' && holderIdentity !== holder && leftMs > 0)
    throw refused(holderIdentity, Math.ceil(leftMs / 1000));
  try {
    // The resource version goes along: of two that take it at once, one is told.
    await leases.replaceNamespacedLease({name, namespace, body: {...existing, spec: {...existing.spec, ...spec}}});
  } catch (error) {
    if (error instanceof ApiException && error.code === 409) throw refused('somebody else', durationSeconds);
    throw error;
  }
}
