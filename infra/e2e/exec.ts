import {PassThrough} from 'node:stream';
import {text} from 'node:stream/consumers';
import {Exec} from '@kubernetes/client-node';
import type {Cluster} from '../cluster/connect.ts';

export interface ContainerName {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}

/** Standard output of a command in a container, whatever its exit code. */
export async function execIn(
  {config}: Cluster,
  {namespace, pod, container}: ContainerName,
  command: readonly string[],
): Promise<string> {
  const out = new PassThrough();
  const {promise, resolve, reject} = Promise.withResolvers<void>();
  const socket = await new Exec(config).exec(namespace, pod, container, [...command], out, null, null, false, () =>
    resolve(),
  );
  socket.on('error', reject);
  const said = text(out);
  await promise;
  out.end();
  return (await said).trim();
}
