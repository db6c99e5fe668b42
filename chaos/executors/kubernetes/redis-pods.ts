import {setTimeout as sleep} from 'node:timers/promises';
import type {V1Pod} from '@kubernetes/client-node';
import type {ClusterAccess} from './cluster-access.ts';

/** One life of a pod: its successor has the name and another uid. */
export interface PodLife {
  readonly name: string;
  readonly uid: string;
}

/** The StatefulSet of Redis, as faults handle it. */
export interface RedisPods {
  /**
   * The pod that a majority of the sentinels names.
   * @param question `besides`: a pod that is not asked, since its node is gone and it would not answer
   */
  master(question?: {readonly besides: string}): Promise<PodLife>;
  /** @param graceSeconds @default what the pod says; 0 is a death without a word */
  delete(pod: PodLife, graceSeconds?: number): Promise<void>;
  isAlive(pod: PodLife): Promise<boolean>;
  /** Whether some other pod still replicates from it. One deleted by force is gone from the API at once, its process a while later. */
  isFollowed(pod: PodLife): Promise<boolean>;
  /** How many there are, whatever their state. */
  count(): Promise<number>;
  scale(replicas: number): Promise<void>;
  /** Resolves when there are as many as there should be, all ready. */
  whole(replicas: number, timeoutMs: number): Promise<void>;
}

const LOOK_MS = 500;
// What the pods themselves ask when they start; where it lies is part of their image.
const ASK_FOR_MASTER = ['sh', '-c', '. /etc/otp-redis/common.sh; . /etc/otp-redis/look.sh; named_by_majority'];
// Two lines: whom it replicates from, and `up` while it does; none on a master.
const ASK_FOR_LINK = [
  'sh',
  '-c',
  '. /etc/otp-redis/common.sh; info 127.0.0.1 replication | sed -n "s/^master_host://p; s/^master_link_status://p"',
];

export function redisPods(cluster: ClusterAccess, statefulSet: string): RedisPods {
  const {core, apps, namespace} = cluster;
  const list = async (): Promise<V1Pod[]> => {
    const {items} = await core.listNamespacedPod({namespace});
    return items.filter(({metadata}) =>
      metadata?.ownerReferences?.some(({kind, name}) => kind === 'StatefulSet' && name === statefulSet),
    );
  };
  const lifeOf = ({metadata}: V1Pod): PodLife => ({name: metadata?.name ?? '', uid: metadata?.uid ?? ''});
  return {
    async master(question) {
      const pods = await list();
      for (const pod of pods.filter(isReady)) {
        if (lifeOf(pod).name === question?.besides) continue;
        const host = await cluster.exec(lifeOf(pod).name, 'redis', ASK_FOR_MASTER).catch(() => '');
        const named = pods.map(lifeOf).find(({name}) => name === host.trim().split('.')[0]);
        if (named) return named;
      }
      throw new Error(`no majority of the sentinels of ${statefulSet} names a master`);
    },
    async delete({name, uid}, graceSeconds) {
      const grace = graceSeconds === undefined ? {} : {gracePeriodSeconds: graceSeconds};
      await core.deleteNamespacedPod({name, namespace, ...grace, body: {...grace, preconditions: {uid}}});
    },
    isAlive: async ({uid}) => (await list()).some((pod) => lifeOf(pod).uid === uid),
    async isFollowed({name}) {
      const others = (await list()).filter((pod) => isReady(pod) && lifeOf(pod).name !== name);
      const links = await Promise.all(
        others.map((pod) => cluster.exec(lifeOf(pod).name, 'redis', ASK_FOR_LINK).catch(() => '')),
      );
      return links.some((link) => link.startsWith(`${name}.`) && link.trim().endsWith('up'));
    },
    count: async () => (await list()).length,
    async scale(replicas) {
      const scale = await apps.readNamespacedStatefulSetScale({name: statefulSet, namespace});
      await apps.replaceNamespacedStatefulSetScale({name: statefulSet, namespace, body: {...scale, spec: {replicas}}});
    },
    async whole(replicas, timeoutMs) {
      const deadlineMs = performance.now() + timeoutMs;
      while ((await list()).filter(isReady).length < replicas) {
        if (performance.now() > deadlineMs)
          throw new Error(`${statefulSet} was not whole again within ${timeoutMs} ms`);
        await sleep(LOOK_MS);
      }
    },
  };
}

function isReady({status, metadata}: V1Pod): boolean {
  if (metadata?.deletionTimestamp !== undefined) return false;
  return status?.conditions?.some(({type, status: holds}) => type === 'Ready' && holds === 'True') ?? false;
}
