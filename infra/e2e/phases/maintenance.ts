import {readFile, writeFile} from 'node:fs/promises';
import {setTimeout as wait} from 'node:timers/promises';
import {AppsV1Api, AutoscalingV2Api} from '@kubernetes/client-node';
import {parse, stringify} from 'yaml';
import type {Cluster} from '../../cluster/connect.ts';
import {componentName} from '../../lib/names.ts';
import {replicas} from '../../redis/names.ts';
import {runCli} from '../command.ts';
import {drain, nodeOf, setUnschedulable} from '../nodes.ts';
import {roll, rolledOut} from '../workloads.ts';
import {type Phase, unnoticed} from './phase.ts';

const rollTimeoutMs = 300_000;
const scaleTimeoutMs = 180_000;
/** The calm minute of the environment, and one pod a minute after it: twice that. */
const calmTimeoutMs = 360_000;
/** Three requests each, of 2–3 ms: pods of 100 thousandths of a core are well over their target with them, and two cores are not. */
const busyUsersPerSecond = 45;

export const drainNode: Phase = {
  key: 'drain',
  name: 'the node of the master is drained',
  bounds: unnoticed,
  async disturb({cluster, namespace, redis}) {
    const node = await nodeOf(cluster, namespace, (await redis.master()).name);
    await setUnschedulable(cluster, node, true);
    try {
      await drain(cluster, namespace, node, rollTimeoutMs);
    } finally {
      await setUnschedulable(cluster, node, false);
    }
    await redis.whole(replicas, rollTimeoutMs);
    await rolledOut(cluster, namespace, 'app', rollTimeoutMs);
  },
};

export const rollApp: Phase = {
  key: 'roll-app',
  name: 'the pods of the service are rolled',
  bounds: unnoticed,
  disturb: ({cluster, namespace}) => roll(cluster, namespace, 'app', rollTimeoutMs),
};

export const rollRedis: Phase = {
  key: 'roll-redis',
  name: 'the pods of Redis are rolled',
  bounds: unnoticed,
  disturb: ({cluster, namespace}) => roll(cluster, namespace, 'redis', rollTimeoutMs),
};

export const changePolicy: Phase = {
  key: 'change-policy',
  name: 'a policy is changed and deployed',
  bounds: unnoticed,
  async disturb({file, signal, cluster, namespace}) {
    const environment = parse(await readFile(file, 'utf8'));
    environment.service.policies.login.lifetimeSeconds = 240;
    await writeFile(file, stringify(environment));
    const {exitCode, output} = await runCli('deploy', ['--env', file], signal);
    if (exitCode !== 0) throw new Error(output);
    await rolledOut(cluster, namespace, 'app', rollTimeoutMs);
  },
};

export const scaleUp: Phase = {
  key: 'scale-up',
  name: 'the load grows until the autoscaler adds pods',
  bounds: unnoticed,
  async disturb({cluster, namespace, traffic, saw}) {
    const min = await atRest(cluster, namespace);
    const deadline = performance.now() + scaleTimeoutMs;
    const usual = traffic.setRate(busyUsersPerSecond);
    try {
      while ((await wantedPods(cluster, namespace)) <= min) {
        if (performance.now() > deadline) throw new Error(`still ${min} pods after ${scaleTimeoutMs / 1000} s of load`);
        await wait(1000);
      }
    } finally {
      traffic.setRate(usual);
    }
    await rolledOut(cluster, namespace, 'app', rollTimeoutMs);
    saw(`${await wantedPods(cluster, namespace)} pods instead of ${min}`);
  },
};

export const scaleDown: Phase = {
  key: 'scale-down',
  name: 'the autoscaler takes away what it has added',
  bounds: unnoticed,
  async disturb({cluster, namespace, saw}) {
    const min = await atRest(cluster, namespace);
    const before = await wantedPods(cluster, namespace);
    if (before <= min) throw new Error(`there are ${before} pods, as at rest: scale-up goes before this`);
    const calmSince = performance.now();
    while ((await wantedPods(cluster, namespace)) > min) {
      if (performance.now() - calmSince > calmTimeoutMs)
        throw new Error(`more than ${min} pods after ${calmTimeoutMs / 1000} calm seconds`);
      await wait(1000);
    }
    saw(`${min} pods instead of ${before} after ${Math.round((performance.now() - calmSince) / 1000)} calm seconds`);
    await rolledOut(cluster, namespace, 'app', rollTimeoutMs);
  },
};

async function atRest({config}: Cluster, namespace: string): Promise<number> {
  const api = config.makeApiClient(AutoscalingV2Api);
  const {spec} = await api.readNamespacedHorizontalPodAutoscaler({name: componentName('app'), namespace});
  return spec?.minReplicas ?? 1;
}

/** How many the autoscaler has told the Deployment to have; what it says of itself is as old as its last look. */
async function wantedPods({config}: Cluster, namespace: string): Promise<number> {
  const {spec} = await config
    .makeApiClient(AppsV1Api)
    .readNamespacedDeployment({name: componentName('app'), namespace});
  return spec?.replicas ?? 0;
}
