import {setTimeout as wait} from 'node:timers/promises';
import type {PodLife} from '../../../chaos/executors/kubernetes/redis-pods.ts';
import {replicas} from '../../redis/names.ts';
import {isReady, nodeOf, runOnNode} from '../nodes.ts';
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
  async disturb(stage) {
    const {cluster, namespace, nodes, redis, saw} = stage;
    const master = await redis.master();
    await runOnNode(nodes.killRedis ?? '', await nodeOf(cluster, namespace, master.name));
    const killedAt = performance.now();
    const next = await successorOf(stage, master);
    saw(`${next} is named master in the place of ${master.name} after ${secondsSince(killedAt)}`);
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
    const {cluster, namespace, nodes, redis, saw} = stage;
    const master = await masterAwayFromIngress(stage);
    const node = await nodeOf(cluster, namespace, master.name);
    const stoppedAt = performance.now();
    const seconds = () => secondsSince(stoppedAt);
    await runOnNode(nodes.stop ?? '', node);
    saw(`${node} with the master ${master.name} is without power: the command took ${seconds()}`);
    try {
      const next = await successorOf(stage, master);
      saw(`${next} is named master by a majority of the sentinels after ${seconds()}`);
      while (await isReady(cluster, node)) await untilPowered(stoppedAt, `${node} is still said to be ready`);
      saw(`${node} is not ready any more, says Kubernetes after ${seconds()}`);
      await wait(Math.max(0, powerlessMs - (performance.now() - stoppedAt)));
    } finally {
      await runOnNode(nodes.start ?? '', node);
    }
    await redis.whole(replicas, wholeTimeoutMs);
  },
};

const secondsSince = (at: number) => `${((performance.now() - at) / 1000).toFixed(1)} s`;

/** The pod that is named master in the place of one that was lost. @throws Error when there is none in time: then the fault was none. */
async function successorOf({redis}: Stage, gone: PodLife): Promise<string> {
  const askedAt = performance.now();
  for (;;) {
    // Only pods that can answer are asked; while they do not agree, nobody is named.
    const name = await redis.master({besides: gone.name}).then(
      (named) => named.name,
      () => undefined,
    );
    if (name !== undefined && name !== gone.name) return name;
    await untilPowered(askedAt, `${gone.name} is still named master: it was not lost`);
  }
}

async function untilPowered(sinceMs: number, otherwise: string): Promise<void> {
  if (performance.now() - sinceMs > powerlessMs) throw new Error(`${otherwise} after ${powerlessMs / 1000} s`);
  await wait(200);
}

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
