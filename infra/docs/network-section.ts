import {table} from '../../app/docs/markdown.ts';
import type {Environment} from '../environment/schema.ts';
import {flows, type PortSet} from '../network/flows.ts';
import {isComponent, portsOf} from '../network/peers.ts';

const where: Readonly<Record<string, string>> = {
  'every pod': 'every pod of the namespace',
  dns: 'DNS (`network.dns`)',
  'ingress controller': 'the controller, Gateway or load balancer (`exposure.from`)',
  prometheus: 'Prometheus (`network.prometheusNamespace`)',
  providers: 'providers on public addresses, and `network.providerExceptions`',
  'API server': 'the API server (`network.apiServer`)',
};

const end = (name: string) => (isComponent(name) ? `\`otp-${name}\`` : (where[name] ?? name));

function portsText(port: PortSet, network: Environment['network']): string {
  const ports = portsOf(port, network);
  const numbers = [...new Set(ports.map((each) => each.port))].join(', ');
  return ports.some(({protocol}) => protocol === 'UDP') ? `${numbers} (UDP and TCP)` : numbers;
}

/** The flow table with the ports that hold unless an environment says otherwise. */
export const flowSection = ({network}: Environment): string =>
  table(
    ['From', 'To', 'TCP port', 'Why', 'Where'],
    flows.map(({from, to, port, why, when}) => [
      end(from),
      end(to),
      portsText(port, network),
      why,
      when === undefined ? 'everywhere' : `where ${when.said}`,
    ]),
  );
