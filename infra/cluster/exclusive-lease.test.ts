import {ApiException, type V1Lease, V1MicroTime} from '@kubernetes/client-node';
import {describe, expect, it} from 'vitest';
import {type Leases, write} from './exclusive-lease.ts';

/** The far side of the network: an API server that keeps one Lease. */
function server(lease?: V1Lease) {
  const kept = {lease};
  const leases = {
    readNamespacedLease: async () => {
      if (kept.lease === undefined) throw new ApiException(404, 'not found', undefined, {});
      return structuredClone(kept.lease);
    },
    createNamespacedLease: async ({body}: {body: V1Lease}) => {
      kept.lease = body;
    },
    replaceNamespacedLease: async ({body}: {body: V1Lease}) => {
      kept.lease = body;
    },
  } as unknown as Leases;
  return {kept, leases};
}
const heldBy = (holderIdentity: string, agoMs: number): V1Lease => ({
  spec: {holderIdentity, leaseDurationSeconds: 60, renewTime: new V1MicroTime(Date.now() - agoMs)},
});

describe('the Lease of a namespace', () => {
  it('is taken where there is none, and given back', async () => {
    const {kept, leases} = server();
    await write(leases, 'otp', 'deploy', 'deploy');
    expect(kept.lease?.spec?.holderIdentity).toBe('deploy');
    await write(leases, 'otp', 'deploy', '');
    expect(kept.lease?.spec?.holderIdentity).toBe('');
  });

  it('keeps a deploy out while a chaos run has it, and says who and how long', async () => {
    const {kept, leases} = server(heldBy('chaos pod-1', 10_000));
    await expect(write(leases, 'otp', 'deploy', 'deploy')).rejects.toThrow(
      /^chaos pod-1 is at work in otp .* 50 s more/,
    );
    expect(kept.lease?.spec?.holderIdentity).toBe('chaos pod-1');
  });

  it('is taken from a holder that was killed, once its time is over', async () => {
    const {kept, leases} = server(heldBy('chaos pod-1', 61_000));
    await write(leases, 'otp', 'deploy', 'deploy');
    expect(kept.lease?.spec?.holderIdentity).toBe('deploy');
  });
});
