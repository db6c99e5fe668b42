import {CoreV1Api, KubeConfig, VersionApi} from '@kubernetes/client-node';
import {CommandError} from '../cli/command-error.ts';
import type {LoadedEnvironment} from '../environment/load.ts';
import {kubeconfigFiles} from './kubeconfig.ts';

export interface Cluster {
  readonly config: KubeConfig;
  readonly core: CoreV1Api;
  /** "https://… (context x, Kubernetes v1.34.4)", to be shown before anything is changed. */
  readonly description: string;
}

const reachTimeoutMs = 10_000;

/**
 * The cluster of the environment's context, and of no other.
 * @throws CommandError when the kubeconfig lacks the context, the context points elsewhere, or nothing answers.
 */
export async function connect({name, environment}: LoadedEnvironment): Promise<Cluster> {
  const files = kubeconfigFiles();
  const config = new KubeConfig();
  config.loadFromDefault();
  const {context, server} = environment;
  if (config.getContextObject(context) === null) {
    const known = config.getContexts().map((each) => each.name);
    throw new CommandError(
      `environment "${name}" is for context "${context}", which ${files.join(', ')} does not have; it has ${known.join(', ') || 'none'} (current: ${config.getCurrentContext() || 'none'})`,
    );
  }
  config.setCurrentContext(context);
  const address = config.getCurrentCluster()?.server ?? 'no server';
  if (server !== undefined && withoutSlash(server) !== withoutSlash(address))
    throw new CommandError(
      `environment "${name}" is for the cluster at ${server}; context "${context}" points to ${address}`,
    );
  const version = await reach(config, address, context);
  return {
    config,
    core: config.makeApiClient(CoreV1Api),
    description: `${address} (context ${context}, Kubernetes ${version})`,
  };
}

async function reach(config: KubeConfig, address: string, context: string): Promise<string> {
  const {promise: late, reject} = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`no answer within ${reachTimeoutMs / 1000} s`)), reachTimeoutMs);
  try {
    const {gitVersion} = await Promise.race([config.makeApiClient(VersionApi).getCode(), late]);
    return gitVersion;
  } catch (error) {
    throw new CommandError(`cluster ${address} (context ${context}) cannot be reached: ${reason(error)}`);
  } finally {
    clearTimeout(timer);
  }
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const {cause} = error;
  if (!(cause instanceof Error)) return error.message;
  // Where a name has several addresses, the message is empty and the code is that of all of them.
  return cause.message === '' && 'code' in cause ? String(cause.code) : cause.message;
}

const withoutSlash = (address: string) => address.replace(/\/$/, '');
