import {describe, expect, it} from 'vitest';
import {loadEnvironment} from '../environment/load.ts';
import {projectRoot} from '../lib/project-root.ts';
import {SecretStore} from '../testing/secret-store.ts';
import type {Cluster} from './connect.ts';
import {removeKept} from './remove-kept.ts';

const {environment} = loadEnvironment('example', projectRoot);
const {namespace, state} = environment;

/** A cluster whose namespaces were there before bootstrap, and stay. */
function clusterOf(store: SecretStore): Cluster {
  const done = async () => ({});
  const core = {
    ...store.cluster.core,
    readNamespace: async ({name}: {name: string}) => ({metadata: {name}}),
    deleteCollectionNamespacedPersistentVolumeClaim: done,
    deleteCollectionNamespacedSecret: done,
    deleteNamespacedConfigMap: done,
    deleteNamespacedSecret: async (at: {namespace: string; name: string}) =>
      store.secrets.delete(`${at.namespace}/${at.name}`),
    listNamespacedSecret: async () => ({items: [...store.secrets.values()]}),
  };
  return {core, config: {makeApiClient: () => ({deleteNamespacedLease: done})}} as unknown as Cluster;
}

describe('what a destroy keeps', () => {
  it.each(['kubernetes', 's3'] as const)(
    'is removed whole, the keys of the authorities too, wherever the state lies (%s), and nothing of another environment',
    async (backend) => {
      const store = new SecretStore();
      const secrets = ['otp-redis-ca-example', 'otp-app-ca-example', 'tfstate-default-example-app', 'otp-app-ca-other'];
      for (const name of secrets)
        await store.cluster.core.createNamespacedSecret({namespace: state.namespace, body: {metadata: {name}}});
      await store.cluster.core.createNamespacedSecret({namespace, body: {metadata: {name: 'otp-smtp'}}});
      const removed: string[] = [];
      for await (const line of removeKept(clusterOf(store), 'example', {...environment, state: {...state, backend}}))
        removed.push(line);
      expect([...store.secrets.keys()].map((path) => path.split('/')[1])).toEqual(
        backend === 's3'
          ? ['tfstate-default-example-app', 'otp-app-ca-other', 'otp-smtp']
          : ['otp-app-ca-other', 'otp-smtp'],
      );
      expect(removed.join('\n')).toContain(`the certificate authorities of example in ${state.namespace}`);
    },
  );
});
