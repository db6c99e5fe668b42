import {CoordinationV1Api} from '@kubernetes/client-node';
import type {Environment} from '../environment/schema.ts';
import {environmentLabel, selectorLabels} from '../lib/labels.ts';
import {stackId, stackNames} from '../lib/names.ts';
import {appAuthority, appAuthoritySecret, redisAuthoritySecret} from '../secrets/names.ts';
import type {Cluster} from './connect.ts';
import {found} from './found.ts';
import {isMadeByBootstrap, readNamespace, removeNamespace} from './namespaces.ts';

/** Removes what a destroy keeps: data, Secrets, state, and the namespaces that bootstrap made. Yields what it removed. */
export async function* removeKept(
  cluster: Cluster,
  environmentName: string,
  {namespace, state}: Environment,
): AsyncGenerator<string> {
  const {core, config} = cluster;
  const workload = await readNamespace(cluster, namespace);
  if (workload !== undefined) {
    const labelSelector = Object.entries(selectorLabels('redis'))
      .map((pair) => pair.join('='))
      .join(',');
    await core.deleteCollectionNamespacedPersistentVolumeClaim({namespace, labelSelector});
    yield `the volume claims of Redis in ${namespace}`;
    await core.deleteCollectionNamespacedSecret({namespace, labelSelector: `${environmentLabel}=${environmentName}`});
    await found(core.deleteNamespacedConfigMap({name: appAuthority, namespace}));
    yield `the Secrets of ${environmentName} in ${namespace}`;
    if (isMadeByBootstrap(workload)) {
      await removeNamespace(cluster, namespace);
      yield `namespace ${namespace}`;
    }
  }

  if ((await readNamespace(cluster, state.namespace)) === undefined) return;
  if (state.backend === 'kubernetes') {
    const leases = config.makeApiClient(CoordinationV1Api);
    for (const stack of stackNames) {
      const name = `tfstate-default-${stackId(environmentName, stack)}`;
      await found(core.deleteNamespacedSecret({name, namespace: state.namespace}));
      await found(leases.deleteNamespacedLease({name: `lock-${name}`, namespace: state.namespace}));
    }
    yield `the state of ${environmentName} in ${state.namespace}`;
  }
  // They lie there whatever keeps the state.
  for (const name of [redisAuthoritySecret(environmentName), appAuthoritySecret(environmentName)])
    await found(core.deleteNamespacedSecret({name, namespace: state.namespace}));
  yield `the certificate authorities of ${environmentName} in ${state.namespace}`;
  const others = await core.listNamespacedSecret({namespace: state.namespace});
  if (others.items.length === 0 && isMadeByBootstrap(await readNamespace(cluster, state.namespace))) {
    await removeNamespace(cluster, state.namespace);
    yield `namespace ${state.namespace}`;
  }
}
