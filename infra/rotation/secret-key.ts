import {randomKey} from '../bootstrap/random.ts';
import type {Cluster} from '../cluster/connect.ts';
import {serviceKeys} from '../secrets/names.ts';
import {changeSecret, readSecret} from './change-secret.ts';
import {deliver} from './deliver.ts';

/**
 * A new key of the service: first known to every pod, then the one that new codes are kept under. The one before stays
 * for codes that are still open; those before that go.
 */
export async function* rotateSecretKey(cluster: Cluster, namespace: string): AsyncGenerator<string> {
  const {secretKeys, name} = serviceKeys;
  const [current = '', ...older] = ((await readSecret(cluster, namespace, name))[secretKeys] ?? '').split(',');
  const number = Math.max(...[current, ...older].map((key) => Number(/^k(\d+):/.exec(key)?.[1] ?? 0)));
  const added = `k${number + 1}:${randomKey()}`;
  const set = async (value: string) => {
    await changeSecret(cluster, namespace, name, {[secretKeys]: value});
    await deliver(cluster, {namespace, component: 'app', expected: [{file: {secret: name, key: secretKeys}, value}]});
  };
  await set(`${current},${added}`);
  yield `every pod of the app knows key k${number + 1}`;
  await set(`${added},${current}`);
  yield `new codes are kept under key k${number + 1}`;
}
