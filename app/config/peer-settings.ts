import type {Endpoint} from '../store/redis/target.ts';
import {keyPairProblem} from '../tls/key-pair.ts';
import type {IdentityFiles} from '../tls/renewal.ts';
import {readEndpoints} from './redis-settings.ts';
import type {SettingReader} from './setting-reader.ts';

/** How the processes of the service reach one another. */
export interface PeerSettings {
  /** Names that stand for the addresses of all of them. */
  readonly names: readonly Endpoint[];
  readonly host: string;
  readonly port: number;
  readonly files: IdentityFiles;
  /** As the files say at each call; PEM. */
  readonly certificates: () => {readonly cert: string; readonly key: string; readonly ca: string};
  /** In the certificate of every peer. */
  readonly serverName: string;
}

const fileNames = ['PEER_TLS_CERT_FILE', 'PEER_TLS_KEY_FILE', 'PEER_TLS_CA_FILE'] as const;

/** Reads the settings of peers, if there are any. */
export function readPeerSettings(reader: SettingReader, host: string, hasStore: boolean): PeerSettings | undefined {
  const {problems, isSet, text, file, integer, latestFile} = reader;
  const [ownHost, port] = [text('PEER_HOST'), integer('PEER_PORT', false)];
  if (!isSet('PEERS')) {
    for (const name of [...fileNames, 'PEER_TLS_SERVER_NAME'] as const)
      if (isSet(name)) problems.push(`${name} is set, but PEERS is not`);
    return undefined;
  }
  if (!hasStore) problems.push('PEERS is set, but there is no Redis for which peers could stand in');
  for (const name of fileNames) if (!isSet(name)) problems.push(`PEERS is set, but ${name} is not`);
  const names = readEndpoints(reader, 'PEERS');
  const [cert, key, ca] = fileNames.map((name) => latestFile(name));
  const certificates = () => ({cert: cert?.() ?? '', key: key?.() ?? '', ca: ca?.() ?? ''});
  const [certFile = '', keyFile = '', caFile = ''] = fileNames.map((name) => file(name));
  const files = {certFile, keyFile, caFile};
  const pair = certificates();
  const problem = pair.cert === '' || pair.key === '' ? undefined : keyPairProblem(pair, files, 'PEER_');
  if (problem !== undefined) problems.push(problem);
  return {
    names,
    host: ownHost ?? host,
    port,
    files,
    certificates,
    serverName: text('PEER_TLS_SERVER_NAME') ?? names[0]?.host ?? '',
  };
}
