import {CommandError} from '../cli/command-error.ts';
import type {Cluster} from '../cluster/connect.ts';
import {found} from '../cluster/found.ts';

export type Values = Readonly<Record<string, string>>;

/** The values of a Secret. @throws CommandError where there is none. */
export async function readSecret({core}: Cluster, namespace: string, name: string): Promise<Values> {
  const secret = await found(core.readNamespacedSecret({name, namespace}));
  if (secret === undefined) throw new CommandError(`Secret ${namespace}/${name} does not exist: run npm run bootstrap`);
  return Object.fromEntries(
    Object.entries(secret.data ?? {}).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]),
  );
}

/** Replaces values of a Secret; `undefined` removes a key. Who writes at the same time makes this fail. */
export async function changeSecret(
  {core}: Cluster,
  namespace: string,
  name: string,
  changes: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  const secret = await core.readNamespacedSecret({name, namespace});
  const data = {...secret.data};
  for (const [key, value] of Object.entries(changes))
    if (value === undefined) delete data[key];
    else data[key] = Buffer.from(value).toString('base64');
  await core.replaceNamespacedSecret({name, namespace, body: {...secret, data}});
}
