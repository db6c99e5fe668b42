import {ApiException, type V1ConfigMap, type V1Secret} from '@kubernetes/client-node';
import type {Cluster} from '../cluster/connect.ts';

/** The far side of the network: an API server that knows Secrets and ConfigMaps and keeps them here. */
export class SecretStore {
  readonly secrets = new Map<string, V1Secret>();
  readonly maps = new Map<string, V1ConfigMap>();
  writes = 0;

  readonly cluster = {
    core: {
      readNamespacedSecret: async ({namespace, name}: {namespace: string; name: string}) =>
        structuredClone(this.#known(this.secrets, `${namespace}/${name}`)),
      createNamespacedSecret: async ({namespace, body}: {namespace: string; body: V1Secret}) =>
        this.#write(namespace, body),
      replaceNamespacedSecret: async ({namespace, body}: {namespace: string; body: V1Secret}) =>
        this.#write(namespace, body),
      readNamespacedConfigMap: async ({namespace, name}: {namespace: string; name: string}) =>
        structuredClone(this.#known(this.maps, `${namespace}/${name}`)),
      createNamespacedConfigMap: async ({namespace, body}: {namespace: string; body: V1ConfigMap}) =>
        void this.maps.set(`${namespace}/${body.metadata?.name}`, body),
      replaceNamespacedConfigMap: async ({namespace, body}: {namespace: string; body: V1ConfigMap}) =>
        void this.maps.set(`${namespace}/${body.metadata?.name}`, body),
    },
  } as unknown as Cluster;

  /** The values of a Secret, as a pod would read them. */
  values(path: string): Record<string, string> {
    const data = Object.entries(this.secrets.get(path)?.data ?? {});
    return Object.fromEntries(data.map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]));
  }

  #known<T>(objects: ReadonlyMap<string, T>, path: string): T {
    const object = objects.get(path);
    if (object === undefined) throw new ApiException(404, 'not found', undefined, {});
    return object;
  }

  /** As the API server does it: `stringData` wins over `data`. */
  #write(namespace: string, {stringData = {}, data = {}, ...rest}: V1Secret): void {
    this.writes += 1;
    const encoded = Object.entries(stringData).map(([key, value]) => [key, Buffer.from(value).toString('base64')]);
    this.secrets.set(`${namespace}/${rest.metadata?.name}`, {...rest, data: {...data, ...Object.fromEntries(encoded)}});
  }
}
