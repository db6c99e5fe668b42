import {once} from 'node:events';
import {createServer, type Socket} from 'node:net';
import {PortForward, type V1Pod} from '@kubernetes/client-node';
import type {Cluster} from '../cluster/connect.ts';

export interface Forward extends AsyncDisposable {
  /** `SCHEME://127.0.0.1:PORT` */
  readonly url: string;
  /** Where the pod runs. */
  readonly node: string | undefined;
}

export interface ForwardTarget {
  readonly namespace: string;
  readonly service: string;
  /** Port of the Service, or of its pods. */
  readonly port: number;
  /** @default http */
  readonly scheme?: 'http' | 'https';
  /** @default any that is ready */
  readonly pod?: string;
}

/** A port on loopback that leads to a ready pod of a Service, through the API server. */
export async function forward(
  {core, config}: Cluster,
  {namespace, service, port, scheme = 'http', pod: wanted}: ForwardTarget,
): Promise<Forward> {
  const {spec} = await core.readNamespacedService({name: service, namespace});
  const labelSelector = Object.entries(spec?.selector ?? {})
    .map((pair) => pair.join('='))
    .join(',');
  const {items} = await core.listNamespacedPod({namespace, labelSelector});
  const pod = items.find((each) => (wanted === undefined ? isReady(each) : each.metadata?.name === wanted));
  if (pod?.metadata?.name === undefined)
    throw new Error(`Service ${namespace}/${service} has no ${wanted === undefined ? 'ready pod' : `pod ${wanted}`}`);
  const podName = pod.metadata.name;
  const podPort = resolvePort(pod, spec?.ports?.find((each) => each.port === port)?.targetPort ?? port);

  const forwarder = new PortForward(config);
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
    forwarder.portForward(namespace, podName, [podPort], socket, null, socket).catch((error) => socket.destroy(error));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no address');
  return {
    url: `${scheme}://127.0.0.1:${address.port}`,
    node: pod.spec?.nodeName,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

const isReady = (pod: V1Pod) =>
  pod.status?.conditions?.some(({type, status}) => type === 'Ready' && status === 'True') ?? false;

function resolvePort(pod: V1Pod, port: number | string): number {
  if (typeof port === 'number') return port;
  const named = pod.spec?.containers.flatMap(({ports = []}) => ports).find(({name}) => name === port);
  if (named === undefined) throw new Error(`pod ${pod.metadata?.name} has no port "${port}"`);
  return named.containerPort;
}
