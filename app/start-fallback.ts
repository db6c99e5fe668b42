import {type KeyObject, X509Certificate} from 'node:crypto';
import {setTimeout as delay} from 'node:timers/promises';
import type {Logger} from 'pino';
import type {PeerSettings} from './config/peer-settings.ts';
import {createInstance} from './domain/verification-id.ts';
import {type Fallback, type FallbackOptions, openFallback} from './fallback/open-fallback.ts';
import type {Metrics} from './metrics.ts';
import {PeerDirectory} from './peers/peer-directory.ts';
import {startPeerServer} from './peers/peer-server.ts';
import {peerKeyOf} from './peers/proof.ts';
import {resolvePeers} from './peers/resolve-peers.ts';
import type {PeerTls} from './peers/tls.ts';
import type {RedisHandover} from './store/redis-handover.ts';
import type {Store} from './store/store.ts';
import {followRenewals} from './tls/renewal.ts';

/** A name that nobody answers for keeps no process from starting. */
const longestFirstLookMs = 3000;

export interface StartFallbackOptions {
  /** The store that all processes share. */
  readonly shared: Store;
  readonly handover: RedisHandover;
  readonly onConnected: NonNullable<FallbackOptions['onConnected']>;
  readonly deadlineMs: number;
  readonly pseudonymKey: KeyObject;
  /** @default no peers, and no port for them */
  readonly peers?: PeerSettings;
  readonly metrics: Metrics;
  readonly log: Logger;
}

/** What stands in for the store, with the peers that it does so together with. */
export async function startFallback(
  {shared, handover, onConnected, deadlineMs, pseudonymKey, peers: settings, metrics, log}: StartFallbackOptions,
  resources: AsyncDisposableStack,
): Promise<Fallback> {
  const instance = createInstance();
  const options = {instance, shared, handover, onConnected, deadlineMs, log};
  if (settings === undefined) return openFallback(options);
  const tls: PeerTls = {
    serverName: settings.serverName,
    current: () => ({...settings.certificates(), minVersion: 'TLSv1.3'}),
  };
  const key = peerKeyOf(pseudonymKey);
  const directory = new PeerDirectory({
    resolve: () => resolvePeers(settings.names),
    tls,
    instance,
    key,
    log,
    onCall: (operation, result) => metrics.peerRequests.inc({operation, result}),
  });
  const fallback = openFallback({...options, peers: directory});
  const {host, port, files} = settings;
  const server = await startPeerServer({
    host,
    port,
    tls,
    instance,
    key,
    part: fallback.part,
    deadlineMs,
    onAsked: (peer) => void directory.meet(peer),
    onTold: (peer, status) => directory.hear(peer, status),
    log,
  });
  resources.defer(() => server.close());
  const {key: privateKey, ...current} = settings.certificates();
  const tellExpiry = (served: string) =>
    metrics.certificateExpiry.set({listener: 'peer'}, new X509Certificate(served).validToDate.getTime() / 1000);
  tellExpiry(current.cert);
  const renewal = followRenewals({
    files,
    current: {...current, key: privateKey},
    apply(renewed) {
      tellExpiry(renewed.cert);
      server.renew();
    },
    log,
  });
  resources.defer(() => renewal.stop());
  resources.defer(() => directory.stop());
  await Promise.race([directory.start(), delay(longestFirstLookMs, undefined, {ref: false})]);
  log.info({port: server.port, instance}, 'listening to peers');
  return fallback;
}
