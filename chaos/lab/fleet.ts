import {writeFile} from 'node:fs/promises';
import path from 'node:path';
import {type Balancer, startBalancer} from './balancer.ts';
import {freePort} from './free-port.ts';
import type {Network} from './network.ts';
import {owning} from './owned.ts';
import {writePeerCertificates} from './peer-certificates.ts';
import {ServiceInstance} from './service-instance.ts';
import {openWorkplace} from './workplace.ts';

export interface FleetOptions {
  readonly count: number;
  /** The service's main module. */
  readonly entry: string;
  /** Settings that all have in common; those of the peer port are added. */
  readonly environment: Readonly<Record<string, string>>;
  /** Where every link between two processes can be disturbed. @default none */
  readonly network?: Network;
  /** Where logs go, without ending. @default nowhere that stays */
  readonly logPath?: string;
}

/** Several processes of the service that know each other, behind one address. */
export interface Fleet extends AsyncDisposable {
  readonly baseUrl: string;
  readonly instances: readonly ServiceInstance[];
  /** As long as it is there, the instances can resolve names under .lab. */
  readonly namesFile: string;
}

export function startFleet({count, entry, environment, network, logPath}: FleetOptions): Promise<Fleet> {
  return owning(async (owned) => {
    const place = owned.use(await openWorkplace(logPath));
    const {certFile, keyFile, caFile, serverName} = await writePeerCertificates(place.directory);
    const members = await Promise.all(
      Array.from({length: count}, async (_, index) => {
        const name = `app-${index}`;
        const port = await freePort();
        return {name, port, address: (await network?.publish(name, port)) ?? {host: '127.0.0.1', port}};
      }),
    );
    const namesFile = path.join(place.directory, 'names');
    await writeFile(namesFile, '');
    const peers = members.map(({name, address}) => `${name}.lab:${address.port}`).join(',');
    const instances = await Promise.all(
      members.map(({name, port}) =>
        ServiceInstance.create({
          name,
          entry,
          environment: {
            PEERS: peers,
            PEER_HOST: '127.0.0.1',
            PEER_PORT: String(port),
            PEER_TLS_CERT_FILE: certFile,
            PEER_TLS_KEY_FILE: keyFile,
            PEER_TLS_CA_FILE: caFile,
            PEER_TLS_SERVER_NAME: serverName,
            ...environment,
          },
          ...(network ? {sourceAddress: network.sourceAddressOf(name)} : {}),
          namesFile,
          logFile: place.logFile(name),
        }),
      ),
    );
    for (const instance of instances) owned.use(instance);
    await Promise.all(instances.map((instance) => instance.start()));
    const balancer: Balancer = owned.use(await startBalancer(instances));
    return {baseUrl: balancer.baseUrl, instances, namesFile};
  });
}
