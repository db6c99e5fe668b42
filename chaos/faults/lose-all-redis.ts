import path from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import type {KubernetesTestbed} from '../executors/kubernetes/testbed.ts';
import {type ProcessTestbed, replicatedSetOf} from '../executors/process-testbed.ts';
import {openWorkplace, type Workplace} from '../lab/workplace.ts';
import type {Fault, FaultInHand} from './fault.ts';

/** With what data Redis comes back. */
export type ComesBack = 'with-data' | 'empty' | 'old';

// From the copy until the loss: enough is written in between that misses in the copy.
const SNAPSHOT_AGE_MS = 1_500;

const descriptions: Readonly<Record<ComesBack, string>> = {
  'with-data': 'on the data that they left',
  empty: 'without any data',
  old: `on a copy of the data from ${SNAPSHOT_AGE_MS / 1000} s before the end`,
};

/** Every Redis and every sentinel dies at once: nothing is left that could take over. */
export function loseAllRedis(
  comesBack: ComesBack,
  more?: Pick<Fault, 'name' | 'description'> & {during: MakeDuring},
): Fault {
  const description = `SIGKILL to every Redis and sentinel; they start again ${descriptions[comesBack]}`;
  return {
    name: more?.name ?? `lose-all-redis-${comesBack}`,
    description: more ? `${description}; meanwhile ${more.description}` : description,
    on: {
      processes(testbed) {
        const during = more?.during(testbed);
        return {...inHand(testbed, comesBack), ...(during ? {during} : {})};
      },
      ...(comesBack === 'with-data' && !more ? {kubernetes: scaledToNothing} : {}),
    },
  };
}

// The grace of a pod; and what three that all were gone need to find out who leads.
const GONE_MS = 90_000;
const WHOLE_MS = 600_000;

function scaledToNothing({redis, redisReplicas}: KubernetesTestbed): FaultInHand {
  let scaled = false;
  return {
    effectMs: GONE_MS,
    async inject() {
      scaled = true;
      await redis.scale(0);
    },
    isInEffect: async () => (await redis.count()) === 0,
    async heal() {
      if (!scaled) return;
      await redis.scale(redisReplicas);
      await redis.whole(redisReplicas, WHOLE_MS);
    },
  };
}

type MakeDuring = (testbed: ProcessTestbed) => NonNullable<FaultInHand['during']>;

function inHand(testbed: ProcessTestbed, comesBack: ComesBack): FaultInHand {
  const set = replicatedSetOf(testbed);
  const all = [...set.nodes, ...set.sentinels];
  let copy: Workplace | undefined;
  return {
    async prelude() {
      if (comesBack !== 'old') return;
      copy = await openWorkplace();
      await (await set.master()).copyData(path.join(copy.directory, 'data'));
      await sleep(SNAPSHOT_AGE_MS);
    },
    async inject() {
      await Promise.all(all.map((node) => node.kill()));
    },
    async isInEffect() {
      const pings = await Promise.all(all.map((node) => node.ping()));
      return pings.every((ping) => ping === 'refused');
    },
    async heal() {
      if (comesBack !== 'with-data' && set.nodes.every(({isRunning}) => !isRunning)) {
        const data = copy === undefined ? undefined : path.join(copy.directory, 'data');
        await Promise.all(set.nodes.map((node) => node.replaceData(data)));
      }
      await copy?.[Symbol.asyncDispose]();
      await set.restartAll();
      await set.settled({replicas: 2});
    },
  };
}
