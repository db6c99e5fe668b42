import {randomPassword, sha256} from '../bootstrap/random.ts';
import {redisLogin} from '../bootstrap/redis-login.ts';
import type {Cluster} from '../cluster/connect.ts';
import {runInPod} from '../cluster/run-in-pod.ts';
import {configFolder} from '../redis/files.ts';
import {redisAcl, redisUserSecret, redisUsers} from '../secrets/names.ts';
import {changeSecret, readSecret} from './change-secret.ts';
import {deliver, expectedOf, podsOf} from './deliver.ts';

/** Key of a user's Secret while a rotation is under way: the password to come. An interrupted one goes on with it. */
const nextKey = 'next';

/**
 * New passwords for all users of Redis, while it serves: old and new ones work side by side until everybody has the new
 * ones. Yields what was done; interrupted, it goes on where it stopped.
 */
export async function* rotateRedisPasswords(cluster: Cluster, namespace: string): AsyncGenerator<string> {
  const next = new Map<string, string>();
  for (const user of redisUsers) {
    const {name} = redisUserSecret(user);
    const password = (await readSecret(cluster, namespace, name))[nextKey] ?? randomPassword();
    await changeSecret(cluster, namespace, name, {[nextKey]: password});
    next.set(user, password);
  }

  const accepted = await readSecret(cluster, namespace, redisAcl);
  const both = withHashes((user) => [...(accepted[user] ?? '').split(' '), hash(next.get(user) ?? '')]);
  await setHashes(cluster, namespace, both);
  yield 'Redis and Sentinel accept old and new passwords';

  for (const user of redisUsers)
    await changeSecret(cluster, namespace, redisUserSecret(user).name, redisLogin(user, next.get(user) ?? ''));
  const expected = (users: readonly (typeof redisUsers)[number][]) =>
    users.map((user) => {
      const {name, password} = redisUserSecret(user);
      return {file: {secret: name, key: password}, value: next.get(user) ?? ''};
    });
  await deliver(cluster, {namespace, component: 'redis', expected: expected(['ops', 'replica', 'sentinel'])});
  await reload(cluster, namespace, 'passwords');
  yield 'replication and sentinels use the new passwords';

  await deliver(cluster, {namespace, component: 'app', expected: expected(['app'])});
  yield 'every pod of the app has read its new password';

  await setHashes(
    cluster,
    namespace,
    withHashes((user) => [hash(next.get(user) ?? '')]),
  );
  for (const user of redisUsers)
    await changeSecret(cluster, namespace, redisUserSecret(user).name, {[nextKey]: undefined});
  yield 'the old passwords are refused';
}

const hash = (password: string) => `#${sha256(password)}`;

const withHashes = (of: (user: (typeof redisUsers)[number]) => readonly string[]): Record<string, string> =>
  Object.fromEntries(redisUsers.map((user) => [user, [...new Set(of(user))].join(' ')]));

async function setHashes(cluster: Cluster, namespace: string, hashes: Readonly<Record<string, string>>): Promise<void> {
  await changeSecret(cluster, namespace, redisAcl, hashes);
  await deliver(cluster, {namespace, component: 'redis', expected: expectedOf(redisAcl, hashes)});
  await reload(cluster, namespace, 'acl');
}

async function reload(cluster: Cluster, namespace: string, what: 'acl' | 'passwords'): Promise<void> {
  for (const pod of await podsOf(cluster, namespace, 'redis'))
    await runInPod(cluster, {namespace, pod, container: 'redis'}, ['sh', `${configFolder}/reload.sh`, what]);
}
