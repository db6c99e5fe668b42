import {createSecretKey, X509Certificate} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {Server as HttpsServer} from 'node:https';
import type {AddressInfo} from 'node:net';
import {setTimeout as delay} from 'node:timers/promises';
import fastify, {type FastifyInstance} from 'fastify';
import type {Logger} from 'pino';
import {buildApp} from './app.ts';
import type {Configuration} from './config/configuration.ts';
import {createRenewableKeyring, type Keyring} from './domain/keyring.ts';
import {parseId} from './domain/verification-id.ts';
import type {Fallback} from './fallback/open-fallback.ts';
import {resilientInbox} from './fallback/resilient-inbox.ts';
import {createMetrics, type Metrics} from './metrics.ts';
import {openEvents} from './open-events.ts';
import {followSecrets} from './rotation.ts';
import {openDelivery} from './start-delivery.ts';
import {startFallback} from './start-fallback.ts';
import {announcing} from './store/announcing-store.ts';
import {placedIn} from './store/draft.ts';
import {measured} from './store/measured-store.ts';
import {MemoryInbox} from './store/memory-inbox.ts';
import {type OpenStore, openMemoryStore, openRedisStore} from './store/open-store.ts';
import {listenerTls} from './tls/key-pair.ts';
import {followRenewals} from './tls/renewal.ts';
import {addressOf} from './usecases/context.ts';

/** A running service. */
export interface Service {
  /** `http://host:port`, or `https:` with a certificate */
  readonly url: string;
  readonly metricsUrl: string;
  /** Whether `/dev/inbox` is there. */
  readonly hasInbox: boolean;
  /** Says "not ready", serves on for the drain delay, finishes what is under way, and lets go of everything. */
  stop(): Promise<void>;
}

const workerGraceMs = 5000;
const maxConnectionGraceMs = 10_000;

/** Opens the store, the providers and both ports. What it has opened when something fails, it closes again. */
export async function startService(configuration: Configuration, log: Logger): Promise<Service> {
  const cleanup = new AsyncDisposableStack();
  try {
    return await acquire(configuration, log, cleanup);
  } catch (error) {
    await cleanup.disposeAsync();
    throw error;
  }
}

async function acquire(configuration: Configuration, log: Logger, resources: AsyncDisposableStack): Promise<Service> {
  const {settings, catalog} = configuration;
  const metrics = createMetrics();
  const keyring = createRenewableKeyring(settings.secretKeys);
  const opened = open(settings, keyring, metrics, log);
  resources.defer(() => opened.close());
  const recipients = await openEvents(catalog, keyring);
  resources.defer(() => recipients.close());
  const measuredStore = measured(opened.store, {
    took: (operation, seconds) => metrics.store.observe({operation}, seconds),
    failed: (operation, effect) => metrics.storeErrors.inc({operation, effect}),
    lost: () => metrics.lineageLost.inc(),
  });
  const observed =
    catalog.events.size === 0
      ? measuredStore
      : announcing(measuredStore, opened.announcements, (id) => recipients.of(id) !== undefined);
  const pseudonymKey = createSecretKey(settings.pseudonymKey);
  const {handover, onConnected = () => {}} = opened;
  const fallback =
    handover === undefined
      ? undefined
      : await startFallback(
          {
            shared: observed,
            handover,
            onConnected,
            deadlineMs: settings.storeDeadlineMs,
            pseudonymKey,
            metrics,
            log,
            ...(settings.peers === undefined ? {} : {peers: settings.peers}),
          },
          resources,
        );
  if (fallback !== undefined && settings.peers === undefined && settings.mode === 'production')
    log.warn('PEERS is not set: while Redis is away, other processes do not know what this one holds');
  const inbox = fallback === undefined ? opened.inbox : resilientInbox(opened.inbox, new MemoryInbox());
  if (fallback !== undefined) resources.defer(() => fallback.stop(leaveGraceMs(settings.shutdownTimeoutSeconds)));

  const metricsApp = fastify({logger: false});
  metricsApp.get('/metrics', async (_request, reply) => {
    if (fallback !== undefined) measure(fallback, metrics);
    return reply.type(metrics.registry.contentType).send(await metrics.registry.metrics());
  });
  resources.defer(() => metricsApp.close());
  await metricsApp.listen({host: settings.metricsHost, port: settings.metricsPort});
  const {port} = metricsApp.server.address() as AddressInfo;

  const delivery = await openDelivery({
    catalog,
    keyring,
    inbox,
    metrics,
    log,
    store: measuredStore,
    announcements: opened.announcements,
    recipients,
    ...(settings.publicUrl === undefined ? {} : {publicUrl: settings.publicUrl}),
  });
  resources.defer(() => delivery.close());
  for (const outbox of [opened.outbox, ...(fallback === undefined ? [] : [fallback.outbox])]) {
    const worker = delivery.start(outbox);
    resources.defer(() => worker.stop(workerGraceMs));
  }

  const clients = new Map(catalog.clients);
  const rotation = await followSecrets({configuration, keyring, clients, delivery, recipients, log});
  resources.defer(() => rotation.stop());

  let draining = false;
  const context = {
    store: fallback?.store ?? placedIn(observed),
    keyring,
    pseudonymKey,
    issuer: settings.publicUrl ?? 'otp-service',
    now: Date.now,
  };
  const hasInbox = settings.mode === 'development';
  const app = await buildApp({
    context,
    clients,
    metrics,
    log,
    version: readVersion(),
    readiness: async () => ({kind: draining ? 'draining' : fallback?.isOpen ? 'degraded' : 'ready'}),
    ...(settings.publicUrl === undefined
      ? {}
      : {
          callbacks: {
            context: {keyring, reports: opened.reports, announcements: opened.announcements},
            publicUrl: settings.publicUrl,
            readers: delivery.callbacks,
          },
        }),
    ...(hasInbox ? {development: {inbox, templates: catalog.templates}} : {}),
    ...(settings.tls === undefined ? {} : {tls: settings.tls.pair}),
  });
  resources.defer(() => closeWithin(app, connectionGraceMs(settings.shutdownTimeoutSeconds)));
  if (settings.tls !== undefined) resources.defer(followCertificate(app, settings.tls, metrics, log));
  const url = await app.listen({host: settings.host, port: settings.port});
  await warn(catalog, log);

  return {
    url,
    metricsUrl: `http://${settings.metricsHost}:${port}/metrics`,
    hasInbox,
    async stop() {
      draining = true;
      fallback?.startToLeave();
      await delay(settings.drainDelaySeconds * 1000);
      await resources.disposeAsync();
    },
  };
}

/** Says what operators may want to change about their texts. Loaded and counted once the service listens: nobody waits for it. */
async function warn({templates}: Configuration['catalog'], log: Logger): Promise<void> {
  const {warningsOf} = await import('./delivery/templates/warnings.ts');
  for (const warning of await warningsOf(templates)) log.warn({warning}, 'configuration');
}

/** Half of the time to stop, so that the messages in hand and the store have theirs. */
function connectionGraceMs(shutdownTimeoutSeconds: number): number {
  return Math.min((shutdownTimeoutSeconds * 1000) / 2, maxConnectionGraceMs);
}

/** What is left once requests and messages have had their time. */
function leaveGraceMs(shutdownTimeoutSeconds: number): number {
  return (shutdownTimeoutSeconds * 1000) / 4;
}

/** Lets open requests end, and cuts off what has not ended by then, such as a connection that never asked for anything. */
async function closeWithin(app: FastifyInstance, graceMs: number): Promise<void> {
  const cutOff = setTimeout(() => app.server.closeAllConnections(), graceMs);
  await app.close();
  clearTimeout(cutOff);
}

function open(
  {redis, storeTimeoutMs}: Configuration['settings'],
  keyring: Keyring,
  metrics: Metrics,
  log: Logger,
): OpenStore {
  if (redis === undefined) return openMemoryStore();
  return openRedisStore({
    ...redis,
    timeoutMs: storeTimeoutMs,
    observer: {
      batch: (size) => metrics.groupCommitSize.observe(size),
      unreplicated: (count) => metrics.unreplicated.inc(count),
    },
    onDown: ({message}) => log.warn({reason: message}, 'Redis is out of reach'),
    onUp: () => log.info('connected to Redis'),
    addressOf: (id) => {
      const parsed = parseId(keyring, id);
      return parsed.kind === 'ref' ? addressOf(parsed.ref) : undefined;
    },
  });
}

function measure({isOpen, isActive, size}: Fallback, metrics: Metrics): void {
  metrics.storeBreaker.set(isOpen ? 1 : 0);
  metrics.fallbackActive.set(isActive ? 1 : 0);
  metrics.fallbackVerifications.set(size);
}

/** Keeps the listener's certificate as new as its files; gives what ends that. */
function followCertificate(
  {server}: FastifyInstance,
  {files, pair}: NonNullable<Configuration['settings']['tls']>,
  metrics: Metrics,
  log: Logger,
): () => Promise<void> {
  const tell = ({cert}: typeof pair) =>
    metrics.certificateExpiry.set({listener: 'api'}, new X509Certificate(cert).validToDate.getTime() / 1000);
  tell(pair);
  const apply = (renewed: typeof pair) => {
    tell(renewed);
    // Handshakes from now on see the new one; connections that are open keep what they have agreed on.
    if (server instanceof HttpsServer) server.setSecureContext({...renewed, ...listenerTls});
  };
  const renewal = followRenewals({files, current: pair, apply, log});
  return () => renewal.stop();
}

function readVersion(): string {
  return JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version;
}
