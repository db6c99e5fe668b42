import {setTimeout as wait} from 'node:timers/promises';
import type {PodLife} from '../../../chaos/executors/kubernetes/redis-pods.ts';
import {replicas} from '../../redis/names.ts';
import {nodeOf, runOnNode} from '../nodes.ts';
import {podsOf} from '../workloads.ts';
import {type Bounds, type Phase, type Stage, unnoticed} from './phase.ts';

const wholeTimeoutMs = 240_000;
// The grace period of 40 s until Kubernetes holds a node for lost, and 5 s for all others to have noticed.
const powerlessMs = 45_000;
/** Sentinel notices after 5 s; then it elects, promotes and tells. */
const unplanned: Bounds = {settledMs: 8000, mayLose: true};

/** Deletes a pod and waits until its successor has found its place. */
async function replace({redis}: Stage, pod: PodLife, graceSeconds?: number): Promise<void> {
  await redis.delete(pod, graceSeconds);
  while (await redis.isAlive(pod)) await wait(200);
  await redis.whole(replicas, wholeTimeoutMs);
}

export const deleteMaster: Phase = {
  key: 'delete-master',
  name: 'the pod of the master is deleted',
  // It hands over first, and nothing ends.
  bounds: unnoticed,
  disturb: async (stage) => replace(stage, await stage.redis.master()),
};

export const forceDeleteMaster: Phase = {
  key: 'force-delete-master',
  name: 'the pod of the master is deleted by force',
  bounds: unplanned,
  disturb: async (stage) => replace(stage, await stage.redis.master(), 0),
};

export const killMaster: Phase = {
  key: 'kill-master',
  name: 'Redis of the master is killed from outside its pod',
  bounds: unplanned,
  unavailable: ({nodes}) => (nodes.killRedis === undefined ? 'NODE_KILL_REDIS is not set' : undefined),
  async disturb({cluster, namespace, nodes, redis}) {
    const master = await redis.master();
    await runOnNode(nodes.killRedis ?? '', await nodeOf(cluster, namespace, master.name));
    // Readiness is asked for every few seconds: until then the pod still passes for ready.
    await wait(15_000);
    await redis.whole(replicas, wholeTimeoutMs);
  },
};

export const loseNode: Phase = {
  key: 'lose-node',
  name: 'the node of the master loses power',
  bounds: {settledMs: 15_000, mayLose: true, mayMiss: true},
  unavailable: ({nodes}) =>
    nodes.stop === undefined || nodes.start === undefined ? 'NODE_STOP and NODE_START are not set' : undefined,
  async disturb(stage) {
    const {cluster, namespace, nodes, redis} = stage;
    const master = await masterAwayFromIngress(stage);
    const node = await nodeOf(cluster, namespace, master.name);
    await runOnNode(nodes.stop ?? '', node);
    try {
      await wait(powerlessMs);
    } finally {
      await runOnNode(nodes.start ?? '', node);
    }
    await redis.whole(replicas, wholeTimeoutMs);
  },
};

/** A master whose node can be lost without losing the way in; hands over until there is one. */
async function masterAwayFromIngress(stage: Stage): Promise<PodLife> {
  const {cluster, namespace, redis, ingressNode} = stage;
  for (let attempt = 0; attempt < replicas; attempt++) {
    const master = await redis.master();
    if ((await nodeOf(cluster, namespace, master.name)) !== (await ingressNode())) return master;
    await replace(stage, master);
  }
  throw new Error('the master of Redis is always on the node of the ingress controller');
}

export const loseAllOfRedis: Phase = {
  key: 'lose-all-of-redis',
  name: 'all pods of Redis are deleted at once by force',
  // Until it is back: what Redis holds is checked by nobody else. New ones are served all the time.
  bounds: {settledMs: 60_000, mayLose: true},
  async disturb({cluster, namespace, redis}) {
    const lives = (await podsOf(cluster, namespace, 'redis')).map(({metadata}) => ({
      name: metadata?.name ?? '',
      uid: metadata?.uid ?? '',
    }));
    await Promise.all(lives.map((pod) => redis.delete(pod, 0)));
    for (const pod of lives) while (await redis.isAlive(pod)) await wait(200);
    await redis.whole(replicas, wholeTimeoutMs);
  },
};
