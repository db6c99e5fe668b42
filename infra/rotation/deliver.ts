import {createHash} from 'node:crypto';
import {setTimeout as wait} from 'node:timers/promises';
import {PatchStrategy, setHeaderOptions} from '@kubernetes/client-node';
import {CommandError} from '../cli/command-error.ts';
import type {Cluster} from '../cluster/connect.ts';
import {runInPod} from '../cluster/run-in-pod.ts';
import {selectorLabels} from '../lib/labels.ts';
import type {Component} from '../lib/names.ts';
import {type SecretFile, secretPath} from '../secrets/files.ts';

/** A file of a Secret, and what it has to say by now. */
export interface Expected {
  readonly file: SecretFile;
  readonly value: string;
}

/** Keys of one Secret as they are to be seen. */
export function expectedOf(secret: string, values: Readonly<Record<string, string>>): Expected[] {
  return Object.entries(values).map(([key, value]) => ({file: {secret, key}, value}));
}

// The kubelet looks after mounted Secrets once a minute unless something about the pod changes.
const deliveryTimeoutMs = 180_000;

// The service looks at its files every 2 s; what it finds half written it takes up at the next look.
const takenUpMs = 4500;

/** The names of a component's pods that run and are to stay. */
export async function podsOf({core}: Cluster, namespace: string, component: Component): Promise<string[]> {
  const labelSelector = Object.entries(selectorLabels(component))
    .map((pair) => pair.join('='))
    .join(',');
  const {items} = await core.listNamespacedPod({namespace, labelSelector});
  return items
    .filter(({metadata, status}) => metadata?.deletionTimestamp === undefined && status?.phase === 'Running')
    .map(({metadata}) => metadata?.name ?? '')
    .sort();
}

/** Waits until every pod of a component sees these files as they are in the Secrets now, and the app has taken them up. */
export async function deliver(
  cluster: Cluster,
  {namespace, component, expected}: {namespace: string; component: Component; expected: readonly Expected[]},
): Promise<void> {
  const deadline = performance.now() + deliveryTimeoutMs;
  const pods = await podsOf(cluster, namespace, component);
  // A changed annotation has the kubelet look at once.
  for (const name of pods)
    await cluster.core.patchNamespacedPod(
      {name, namespace, body: {metadata: {annotations: {'otp/secrets-changed-at': new Date().toISOString()}}}},
      setHeaderOptions('Content-Type', PatchStrategy.MergePatch),
    );
  const sums = expected.map(({file, value}) => `${sha256(value)}  ${secretPath(file)}`);
  for (const pod of pods) {
    // Compared by its hash, so that no password travels.
    while (!(await agrees(cluster, {namespace, pod, container: component}, sums))) {
      if (performance.now() > deadline)
        throw new CommandError(
          `pod ${pod} does not see the changed Secrets after ${deliveryTimeoutMs / 1000} s; run the same command again to go on`,
        );
      await wait(1000);
    }
  }
  if (component === 'app') await wait(takenUpMs);
}

async function agrees(
  cluster: Cluster,
  where: Parameters<typeof runInPod>[1],
  sums: readonly string[],
): Promise<boolean> {
  const paths = sums.map((sum) => sum.split('  ')[1] ?? '');
  return (await runInPod(cluster, where, ['sha256sum', ...paths])) === sums.join('\n');
}

const sha256 = (value: string) => createHash('sha256').update(value).digest('hex');
