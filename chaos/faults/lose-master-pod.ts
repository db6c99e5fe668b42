import type {PodLife} from '../executors/kubernetes/redis-pods.ts';
import type {KubernetesTestbed} from '../executors/kubernetes/testbed.ts';
import type {FaultInHand} from './fault.ts';

// A pod that hands over takes up to its grace of a minute; a new one starts, and copies the data.
const GONE_MS = 75_000;
const WHOLE_MS = 300_000;

/** @param graceSeconds @default that of the pod: it hands over first */
export function loseMasterPod({redis, redisReplicas}: KubernetesTestbed, graceSeconds?: number): FaultInHand {
  let master: PodLife | undefined;
  return {
    effectMs: GONE_MS,
    async inject() {
      master = await redis.master();
      await redis.delete(master, graceSeconds);
    },
    // Until its process has died the service goes on with it.
    isInEffect: async () => master !== undefined && !(await redis.isAlive(master)) && !(await redis.isFollowed(master)),
    async heal() {
      if (master) await redis.whole(redisReplicas, WHOLE_MS);
    },
  };
}
