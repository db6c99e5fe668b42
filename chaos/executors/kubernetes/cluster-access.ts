import {readFileSync} from 'node:fs';
import {PassThrough} from 'node:stream';
import {AppsV1Api, CoordinationV1Api, CoreV1Api, Exec, KubeConfig, type V1Status} from '@kubernetes/client-node';

const NAMESPACE_FILE = '/var/run/secrets/kubernetes.io/serviceaccount/namespace';

/** The API of the cluster that a run is in, or that KUBECONFIG names, and the one namespace that it touches. */
export interface ClusterAccess {
  readonly namespace: string;
  readonly core: CoreV1Api;
  readonly apps: AppsV1Api;
  readonly coordination: CoordinationV1Api;
  /** Standard output of a command in a container. @throws Error with what it wrote to standard error. */
  exec(pod: string, container: string, command: readonly string[]): Promise<string>;
}

/** @throws Error that says what is missing in the environment. */
export function accessCluster(environment: NodeJS.ProcessEnv): ClusterAccess {
  const config = new KubeConfig();
  const inside = environment.KUBERNETES_SERVICE_HOST !== undefined;
  if (!inside && environment.KUBECONFIG === undefined)
    throw new Error('--executor kubernetes runs in a pod, or needs KUBECONFIG: neither is the case');
  if (inside) config.loadFromCluster();
  else config.loadFromDefault();
  const namespace = environment.OTP_NAMESPACE ?? (inside ? readFileSync(NAMESPACE_FILE, 'utf8').trim() : undefined);
  if (!namespace) throw new Error('OTP_NAMESPACE is missing: the namespace that the service runs in');
  const exec = new Exec(config);
  return {
    namespace,
    core: config.makeApiClient(CoreV1Api),
    apps: config.makeApiClient(AppsV1Api),
    coordination: config.makeApiClient(CoordinationV1Api),
    exec: (pod, container, command) => run(exec, namespace, pod, container, command),
  };
}

async function run(
  exec: Exec,
  namespace: string,
  pod: string,
  container: string,
  command: readonly string[],
): Promise<string> {
  const [stdout, stderr] = [collected(), collected()];
  const status = await new Promise<V1Status>((resolve, reject) => {
    exec
      .exec(namespace, pod, container, [...command], stdout.stream, stderr.stream, null, false, resolve)
      .then((socket) => socket.on('error', reject), reject);
  });
  if (status.status === 'Success') return stdout.text();
  throw new Error(`${command.join(' ')} in ${pod}: ${stderr.text().trim() || status.message}`);
}

function collected() {
  const stream = new PassThrough();
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  return {stream, text: () => Buffer.concat(chunks).toString('utf8')};
}
