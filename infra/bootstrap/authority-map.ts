import type {Cluster} from '../cluster/connect.ts';
import {found} from '../cluster/found.ts';
import {sharedLabels} from '../lib/labels.ts';
import {appAuthority, appTls} from '../secrets/names.ts';

/**
 * The API's authority as a ConfigMap, which is where a Gateway's BackendTLSPolicy looks for it: public, and therefore
 * allowed to change with the Secret that it is a copy of. Returns what was done.
 */
export async function ensureAuthorityMap({core}: Cluster, namespace: string, environmentName: string): Promise<string> {
  const name = appAuthority;
  const secret = await found(core.readNamespacedSecret({name: appTls.name, namespace}));
  const certificate = Buffer.from(secret?.data?.[appTls.ca] ?? '', 'base64').toString();
  if (certificate === '') return `no ConfigMap ${namespace}/${name} yet: Secret ${appTls.name} has no ${appTls.ca}`;
  const body = {metadata: {name, namespace, labels: sharedLabels(environmentName)}, data: {[appTls.ca]: certificate}};
  const existing = await found(core.readNamespacedConfigMap({name, namespace}));
  if (existing === undefined) {
    await core.createNamespacedConfigMap({namespace, body});
    return `made ConfigMap ${namespace}/${name} (${appTls.ca})`;
  }
  if (existing.data?.[appTls.ca] === certificate) return `kept ConfigMap ${namespace}/${name}`;
  await core.replaceNamespacedConfigMap({name, namespace, body});
  return `renewed ConfigMap ${namespace}/${name} (${appTls.ca})`;
}
