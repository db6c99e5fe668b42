import type {Cluster} from '../cluster/connect.ts';
import {found} from '../cluster/found.ts';
import {sharedLabels} from '../lib/labels.ts';

export type Values = Readonly<Record<string, string>>;

export interface SecretRecipe {
  readonly namespace: string;
  readonly name: string;
  readonly environmentName: string;
  /** The keys that are missing, given those that there are; called whether or not the Secret exists. */
  readonly make: (existing: Values) => Values | Promise<Values>;
}

export interface EnsuredSecret {
  readonly values: Values;
  /** What was done, without a value. */
  readonly report: string;
}

/** Adds what is missing and never changes a value: it may be in use. */
export async function ensureSecret(
  {core}: Cluster,
  {namespace, name, environmentName, make}: SecretRecipe,
): Promise<EnsuredSecret> {
  const secret = await found(core.readNamespacedSecret({name, namespace}));
  const existing = decode(secret?.data ?? {});
  const made = Object.fromEntries(Object.entries(await make(existing)).filter(([key]) => !(key in existing)));
  const values = {...made, ...existing};
  const keys = Object.keys(made).join(', ');
  if (secret === undefined) {
    const metadata = {name, namespace, labels: sharedLabels(environmentName)};
    await core.createNamespacedSecret({namespace, body: {metadata, type: 'Opaque', stringData: made}});
    return {values, report: `made Secret ${namespace}/${name} (${keys})`};
  }
  if (keys === '') return {values, report: `kept Secret ${namespace}/${name}`};
  // The resource version goes along: who writes at the same time makes this fail rather than lose a key.
  await core.replaceNamespacedSecret({name, namespace, body: {...secret, stringData: made}});
  return {values, report: `added to Secret ${namespace}/${name} (${keys})`};
}

function decode(data: Values): Values {
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]));
}
