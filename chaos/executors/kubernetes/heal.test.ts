import {ApiException, type V1Lease, V1MicroTime, type V1Pod} from '@kubernetes/client-node';
import {expect, it} from 'vitest';
import type {ClusterAccess} from './cluster-access.ts';
import {heal} from './heal.ts';
import {noteOwed} from './owed.ts';

const owing = {lease: 'otp-exclusive', redis: 'otp-redis', holder: 'heal pod-2'};

/** The far side of the network: an API server that keeps one Lease and one StatefulSet, whose pods are ready at once. */
function server(lease?: V1Lease) {
  const kept = {lease, replicas: 0};
  const cluster = {
    namespace: 'otp',
    coordination: {
      listNamespacedLease: async () => ({items: kept.lease === undefined ? [] : [structuredClone(kept.lease)]}),
      async readNamespacedLease() {
        if (kept.lease === undefined) throw new ApiException(404, 'not found', undefined, {});
        return structuredClone(kept.lease);
      },
      async replaceNamespacedLease({body}: {body: V1Lease}) {
        kept.lease = body;
      },
      async patchNamespacedLease({body}: {body: {metadata: {annotations: Record<string, string | null>}}}) {
        const annotations = Object.entries({...kept.lease?.metadata?.annotations, ...body.metadata.annotations});
        kept.lease = {
          ...kept.lease,
          metadata: {
            ...kept.lease?.metadata,
            annotations: Object.fromEntries(annotations.filter(([, value]) => value !== null)) as Record<
              string,
              string
            >,
          },
        };
      },
    },
    apps: {
      readNamespacedStatefulSetScale: async () => ({spec: {replicas: kept.replicas}}),
      async replaceNamespacedStatefulSetScale({body}: {body: {spec: {replicas: number}}}) {
        kept.replicas = body.spec.replicas;
      },
    },
    core: {
      listNamespacedPod: async () => ({
        items: Array.from(
          {length: kept.replicas},
          (): V1Pod => ({
            metadata: {ownerReferences: [{kind: 'StatefulSet', name: 'otp-redis', apiVersion: 'apps/v1', uid: 'u'}]},
            status: {conditions: [{type: 'Ready', status: 'True'}]},
          }),
        ),
      }),
    },
  } as unknown as ClusterAccess;
  return {kept, cluster};
}
/** As the client hands it on: times are texts. */
const lease = (holderIdentity: string, agoMs: number): V1Lease => {
  const renewTime = new V1MicroTime(Date.now() - agoMs);
  const spec = {holderIdentity, leaseDurationSeconds: 60, renewTime};
  return JSON.parse(JSON.stringify({metadata: {name: 'otp-exclusive'}, spec}));
};

it('what a run that was killed has taken away is given back, once', async () => {
  const {kept, cluster} = server(lease('chaos pod-1', 61_000));
  await noteOwed(cluster, 'otp-exclusive', 3);
  expect(await heal(cluster, owing)).toBe('otp-redis has its 3 pods again');
  expect(kept.replicas).toBe(3);
  expect(await heal(cluster, owing)).toBe('nothing is owed');
});

it('a run that is still at work heals by itself', async () => {
  const {kept, cluster} = server(lease('chaos pod-1', 10_000));
  await noteOwed(cluster, 'otp-exclusive', 3);
  expect(await heal(cluster, owing)).toMatch(/^chaos pod-1 is at work/);
  expect(kept.replicas).toBe(0);
});

it('where no run has ever been nothing is owed', async () => {
  expect(await heal(server().cluster, owing)).toBe('nothing is owed');
});
