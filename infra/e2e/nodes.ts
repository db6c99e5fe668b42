import {spawn} from 'node:child_process';
import {setTimeout as wait} from 'node:timers/promises';
import {CommandError} from '../cli/command-error.ts';
import type {Cluster} from '../cluster/connect.ts';

/** Commands of the operator's that do to a node what Kubernetes cannot; each gets the node's name as its last argument. */
export interface NodeCommands {
  /** Takes its power. */
  readonly stop?: string;
  readonly start?: string;
  /** Kills every process of Redis on it, from outside of its containers. */
  readonly killRedis?: string;
}

const commandTimeoutMs = 120_000;

/** @throws CommandError with what the command said. */
export async function runOnNode(command: string, node: string): Promise<void> {
  const child = spawn('sh', ['-c', `${command} "$1"`, 'sh', node], {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: commandTimeoutMs,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  const {promise, resolve, reject} = Promise.withResolvers<number | null>();
  child.once('error', reject);
  child.once('close', resolve);
  const code = await promise;
  if (code !== 0) throw new CommandError(`"${command} ${node}" failed (exit code ${code}):\n${output}`);
}

export async function nodeOf({core}: Cluster, namespace: string, pod: string): Promise<string> {
  const {spec} = await core.readNamespacedPod({name: pod, namespace});
  if (spec?.nodeName === undefined) throw new Error(`pod ${namespace}/${pod} is on no node`);
  return spec.nodeName;
}

/** Whether Kubernetes holds the node for alive. */
export async function isReady({core}: Cluster, name: string): Promise<boolean> {
  const {status} = await core.readNode({name});
  return status?.conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'True') ?? false;
}

/** Keeps new pods off a node, or lets them on it again. */
export async function setUnschedulable({core}: Cluster, name: string, unschedulable: boolean): Promise<void> {
  const node = await core.readNode({name});
  await core.replaceNode({name, body: {...node, spec: {...node.spec, unschedulable}}});
}

/** Evicts the pods of a namespace from a node as `kubectl drain` does: again and again while a disruption budget refuses. */
export async function drain({core}: Cluster, namespace: string, node: string, timeoutMs: number): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  const {items} = await core.listNamespacedPod({namespace, fieldSelector: `spec.nodeName=${node}`});
  for (const {metadata} of items) {
    const name = metadata?.name ?? '';
    while (!(await evicted(core, namespace, name))) {
      if (performance.now() > deadline) throw new Error(`pod ${name} could not be evicted from ${node} in time`);
      await wait(1000);
    }
  }
}

async function evicted(core: Cluster['core'], namespace: string, name: string): Promise<boolean> {
  try {
    await core.createNamespacedPodEviction({name, namespace, body: {metadata: {name, namespace}}});
    return true;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 404) return true;
    // Another disruption is under way, which the budget does not allow a second one beside.
    if (code === 429) return false;
    throw error;
  }
}
