import {existsSync} from 'node:fs';
import {homedir} from 'node:os';
import {delimiter, join} from 'node:path';
import {CommandError} from '../cli/command-error.ts';

/** The files of KUBECONFIG, or ~/.kube/config. */
export function kubeconfigFiles(env: NodeJS.ProcessEnv = process.env): string[] {
  const listed = (env.KUBECONFIG ?? '').split(delimiter).filter((file) => file !== '');
  const files = listed.length > 0 ? listed : [join(homedir(), '.kube', 'config')];
  const found = files.filter((file) => existsSync(file));
  if (found.length === 0) throw new CommandError(`no kubeconfig: ${files.join(', ')} does not exist; set KUBECONFIG`);
  return found;
}

/** Terraform's providers and its kubernetes backend read these and ignore KUBECONFIG. */
export function terraformKubeconfig(env: NodeJS.ProcessEnv = process.env): Record<string, string> {
  const files = kubeconfigFiles(env);
  const [first] = files;
  return files.length === 1 && first !== undefined
    ? {KUBE_CONFIG_PATH: first}
    : {KUBE_CONFIG_PATHS: files.join(delimiter)};
}
