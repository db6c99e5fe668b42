import {PassThrough} from 'node:stream';
import {text} from 'node:stream/consumers';
import {Exec, type V1Status} from '@kubernetes/client-node';
import {CommandError} from '../cli/command-error.ts';
import type {Cluster} from './connect.ts';

export interface Container {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}

/** Runs a program in a container and returns what it prints. @throws CommandError with its words when it fails. */
export async function runInPod(
  {config}: Cluster,
  {namespace, pod, container}: Container,
  command: readonly string[],
): Promise<string> {
  const [out, errors] = [new PassThrough(), new PassThrough()];
  const {promise, resolve} = Promise.withResolvers<V1Status>();
  const said = Promise.all([text(out), text(errors)]);
  await new Exec(config).exec(namespace, pod, container, [...command], out, errors, null, false, resolve);
  const status = await promise;
  out.end();
  errors.end();
  const [printed, complaints] = await said;
  if (status.status !== 'Success')
    throw new CommandError(`${pod}: ${command.join(' ')}: ${complaints.trim() || status.message || 'failed'}`);
  return printed.trim();
}
