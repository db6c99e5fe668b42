import {ApiException, type V1Secret} from '@kubernetes/client-node';
import type {Cluster} from '../cluster/connect.ts';

/** The far side of the network: an API server that knows Secrets and keeps them here. */
export class SecretStore {
  readonly secrets = new Map<string, V1Secret>();
  writes = 0;

  readonly cluster = {
    core: {
      readNamespacedSecret: async ({namespace, name}: {namespace: string; name: string}) => {
        const secret = this.secrets.get(`${namespace}/${name}`);
        if (secret === undefined) throw new ApiException(404, 'not found', undefined, {});
        return structuredClone(secret);
      },
      createNamespacedSecret: async ({namespace, body}: {namespace: string; body: V1Secret}) =>
        this.#write(namespace, body),
      replaceNamespacedSecret: async ({namespace, body}: {namespace: string; body: V1Secret}) =>
        this.#write(namespace, body),
    },
  } as unknown as Cluster;

  /** The values of a Secret, as a pod would read them. */
  values(path: string): Record<string, string> {
    const data = Object.entries(this.secrets.get(path)?.data ?? {});
    return Object.fromEntries(data.map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]));
  }

  /** As the API server does it: `stringData` wins over `data`. */
  #write(namespace: string, {stringData = {}, data = {}, ...rest}: V1Secret): void {
    this.writes += 1;
    const encoded = Object.entries(stringData).map(([key, value]) => [key, Buffer.from(value).toString('base64')]);
    this.secrets.set(`${namespace}/${rest.metadata?.name}`, {...rest, data: {...data, ...Object.fromEntries(encoded)}});
  }
}
