import {setTimeout as wait} from 'node:timers/promises';
import {CommandError} from '../cli/command-error.ts';
import type {Cluster} from '../cluster/connect.ts';
import {runInPod} from '../cluster/run-in-pod.ts';
import {configFolder} from '../redis/files.ts';
import {podsOf} from './deliver.ts';

// A container that ends is started again at once, unless it has done so often: then after up to 5 min.
const sentinelTimeoutMs = 330_000;

/** Pod by pod: Redis reads its certificate and what it trusts anew while it serves, its sentinel starts anew. */
export async function* reloadRedis(cluster: Cluster, namespace: string): AsyncGenerator<string> {
  for (const pod of await podsOf(cluster, namespace, 'redis')) {
    const container = {namespace, pod, container: 'redis'};
    await runInPod(cluster, container, ['sh', `${configFolder}/reload.sh`, 'certificate']);
    // The next one only when this one votes again.
    const deadline = performance.now() + sentinelTimeoutMs;
    while (!(await succeeds(runInPod(cluster, container, ['sh', `${configFolder}/probe.sh`, 'sentinel-ready'])))) {
      if (performance.now() > deadline) throw new CommandError(`the sentinel of ${pod} is not back`);
      await wait(1000);
    }
    yield pod;
  }
}

const succeeds = (attempt: Promise<string>) =>
  attempt.then(
    () => true,
    () => false,
  );
