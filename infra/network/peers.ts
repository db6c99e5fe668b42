import type {Environment} from '../environment/schema.ts';
import {selectorLabels} from '../lib/labels.ts';
import {type Component, components, ports} from '../lib/names.ts';
import type {Flow, PortSet} from './flows.ts';
import {specialRanges} from './special-ranges.ts';

/** The other end of a flow, in the words of a NetworkPolicy. */
interface Peer {
  readonly namespaceSelector?: {readonly matchLabels: Readonly<Record<string, string>>};
  readonly podSelector?: {readonly matchLabels: Readonly<Record<string, string>>};
  readonly ipBlock?: {readonly cidr: string; readonly except?: string[]};
}

interface PolicyPort {
  readonly protocol: 'TCP' | 'UDP';
  readonly port: string;
}

/** Peers with the ports that they may be reached at; a flow to the providers has one per exception. */
export interface Reach {
  readonly peers: Peer[];
  readonly ports: PolicyPort[];
}

const inNamespace = (namespace: string): Peer => ({
  namespaceSelector: {matchLabels: {'kubernetes.io/metadata.name': namespace}},
});
const inNetwork = (cidr: string): Peer => ({ipBlock: {cidr}});
const tcp = (port: number): PolicyPort => ({protocol: 'TCP', port: String(port)});

export const isComponent = (end: string): end is Component => (components as readonly string[]).includes(end);

/** Where one end of a flow is in this environment; empty where the environment has no such end. */
export function reaches(end: Flow['from'], port: PortSet, {network, exposure, redis}: Environment): Reach[] {
  const at = (peers: Peer[]): Reach[] => (peers.length === 0 ? [] : [{peers, ports: portsOf(port, network)}]);
  if (end === 'redis' && redis.external !== undefined && redis.mode === 'external')
    // Its sentinels are among the ports that the environment lists.
    return port === 'redis'
      ? [{peers: redis.external.to.cidrs.map(inNetwork), ports: redis.external.to.ports.map(tcp)}]
      : [];
  if (isComponent(end)) return at([{podSelector: {matchLabels: selectorLabels(end)}}]);
  switch (end) {
    case 'every pod':
      return at([{podSelector: {matchLabels: {}}}]);
    case 'dns':
      return at([inNamespace(network.dns.namespace), ...network.dns.cidrs.map(inNetwork)]);
    case 'prometheus':
      return at([inNamespace(network.prometheusNamespace)]);
    case 'ingress controller':
      if (exposure.kind === 'none' || exposure.from === undefined) return [];
      return at(
        'namespace' in exposure.from ? [inNamespace(exposure.from.namespace)] : exposure.from.cidrs.map(inNetwork),
      );
    case 'API server':
      // By address: no selector matches what is no pod.
      return at(network.apiServer.cidrs.map(inNetwork));
    case 'providers':
      return [
        ...(network.providerPorts.length === 0 ? [] : at([{ipBlock: {cidr: '0.0.0.0/0', except: [...specialRanges]}}])),
        ...network.providerExceptions.map((exception) => ({
          peers: ['namespace' in exception ? inNamespace(exception.namespace) : inNetwork(exception.cidr)],
          ports: exception.ports.map(tcp),
        })),
      ];
  }
}

export function portsOf(port: PortSet, {dns, providerPorts, apiServer}: Environment['network']): PolicyPort[] {
  switch (port) {
    case 'API server':
      return apiServer.ports.map(tcp);
    case 'dns':
      return dns.ports.flatMap((number) => [{protocol: 'UDP', port: String(number)}, tcp(number)] as const);
    case 'providers':
      return providerPorts.map(tcp);
    default:
      return [tcp(ports[port])];
  }
}
