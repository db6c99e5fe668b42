import {randomBytes} from 'node:crypto';
import {KubeConfig} from '@kubernetes/client-node';
import {CommandError} from '../cli/command-error.ts';
import type {NodeCommands} from './nodes.ts';

export interface E2eSettings {
  /** Of the environment, and the beginning of its three namespaces. */
  readonly name: string;
  readonly context: string;
  readonly image: string;
  readonly redisImage: string | undefined;
  readonly preset: string;
  /** Where the ingress controller answers; when absent, a port-forward to `ingressService`. */
  readonly ingressUrl: string | undefined;
  readonly ingressService: {readonly namespace: string; readonly name: string; readonly port: number};
  readonly nodes: NodeCommands;
}

export const usage = `npm run e2e needs
  KUBECONFIG           a cluster; its current context is used unless E2E_CONTEXT names another
  IMAGE                the service's image, as the cluster's nodes can get it
and takes
  REDIS_IMAGE          default: the environment's
  E2E_PRESET           default: generic
  E2E_INGRESS_URL      where the ingress controller answers, such as https://127.0.0.1:8443
  E2E_INGRESS_SERVICE  without a URL: NAMESPACE/NAME:PORT to forward to, default traefik/traefik:443
  NODE_STOP, NODE_START, NODE_KILL_REDIS
                       commands that take a node's power, give it back, and kill every Redis on it from outside; each gets
                       the node's name as its last argument; the phases that need one that is missing are skipped, loudly`;

/** @throws CommandError with the usage. */
export function readE2eSettings(env: NodeJS.ProcessEnv): E2eSettings {
  const image = env.IMAGE;
  if (image === undefined || image === '') throw new CommandError(`IMAGE is not set\n${usage}`);
  const service = env.E2E_INGRESS_SERVICE ?? 'traefik/traefik:443';
  const [, namespace, name, port] = /^([^/]+)\/([^:]+):(\d+)$/.exec(service) ?? [];
  if (namespace === undefined || name === undefined)
    throw new CommandError(`E2E_INGRESS_SERVICE: got "${service}", expected NAMESPACE/NAME:PORT\n${usage}`);
  const config = new KubeConfig();
  config.loadFromDefault();
  return {
    name: `otp-e2e-${randomBytes(3).toString('hex')}`,
    context: env.E2E_CONTEXT ?? config.getCurrentContext(),
    image,
    redisImage: env.REDIS_IMAGE,
    preset: env.E2E_PRESET ?? 'generic',
    ingressUrl: env.E2E_INGRESS_URL,
    ingressService: {namespace, name, port: Number(port)},
    nodes: {
      ...(env.NODE_STOP ? {stop: env.NODE_STOP} : {}),
      ...(env.NODE_START ? {start: env.NODE_START} : {}),
      ...(env.NODE_KILL_REDIS ? {killRedis: env.NODE_KILL_REDIS} : {}),
    },
  };
}
