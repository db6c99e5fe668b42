import {isDeepStrictEqual} from 'node:util';
import type {Logger} from 'pino';
import type {Catalog} from './config/file.ts';
import type {Announcements} from './delivery/announcements.ts';
import type {CallbackReader} from './delivery/callbacks/callback.ts';
import {ProviderChain} from './delivery/chain.ts';
import {createCallbackReader, createProvider, type ProviderSettings} from './delivery/create-provider.ts';
import {eventJobs} from './delivery/event-jobs.ts';
import type {Inbox} from './delivery/inbox.ts';
import {openMessage} from './delivery/message.ts';
import {messageJobs} from './delivery/message-jobs.ts';
import type {Outbox, QueuedMessage} from './delivery/outbox.ts';
import {retireAfterMs} from './delivery/provider.ts';
import {OutboxWorker} from './delivery/worker.ts';
import type {Keyring} from './domain/keyring.ts';
import {parseId} from './domain/verification-id.ts';
import type {Metrics} from './metrics.ts';
import type {EventRecipients} from './open-events.ts';
import type {Store} from './store/store.ts';
import {callbackReference} from './usecases/report-delivery.ts';

export interface DeliveryOptions {
  readonly catalog: Catalog;
  readonly keyring: Keyring;
  readonly inbox: Inbox;
  readonly metrics: Metrics;
  readonly log: Logger;
  /** Where the ends of verifications are found and read. */
  readonly store: Pick<Store, 'read'>;
  readonly announcements: Announcements;
  /** Who hears of them. */
  readonly recipients: EventRecipients;
  /** The address under which providers know this service; without it they are told of none. */
  readonly publicUrl?: string;
}

/** Everything that carries messages, opened. */
export interface Delivery {
  /** Starts to deliver what is in an outbox; several outboxes share the providers and what is known of them. */
  start(outbox: Outbox): OutboxWorker;
  /** Read what providers tell of messages that they have taken; by the name of the provider. */
  readonly callbacks: ReadonlyMap<string, CallbackReader>;
  /** Exchanges the providers whose settings have changed, and names them; what is under way ends with the old ones. */
  renew(settings: readonly ProviderSettings[]): Promise<string[]>;
  /** Lets go of the providers; the workers are stopped before. */
  close(): Promise<void>;
}

export async function openDelivery(options: DeliveryOptions): Promise<Delivery> {
  const {catalog, keyring, inbox, metrics, log, store, announcements, recipients, publicUrl} = options;
  const open = async (settings: ProviderSettings) => ({settings, provider: await createProvider(settings, inbox)});
  const opened = await Promise.all(catalog.providers.map(open));
  const providers = new Map(opened.map((each) => [each.provider.name, each]));
  const callbacks = new Map(
    catalog.providers.flatMap((settings) => {
      const reader = createCallbackReader(settings);
      return reader === undefined ? [] : [[settings.name, reader] as const];
    }),
  );
  const chain = new ProviderChain({
    log,
    providersOf: (channel) =>
      (catalog.channels.get(channel) ?? []).flatMap((name) => providers.get(name)?.provider ?? []),
    onSend: (provider, result) => metrics.sends.inc({provider, result}),
    onBreaker: (provider, open) => metrics.breakers.set({provider}, open ? 1 : 0),
    callbackUrl: (provider, {verificationId, resends}) =>
      publicUrl === undefined || !callbacks.has(provider)
        ? undefined
        : `${publicUrl.replace(/\/$/, '')}/v1/callbacks/${provider}/${callbackReference(verificationId, resends)}`,
  });
  return {
    callbacks,
    start(outbox) {
      metrics.observe(outbox);
      const messages = messageJobs({
        outbox,
        chain,
        open: opener(catalog, keyring),
        log,
        render: (message) => catalog.templates.render(message),
        onDeadLetter: (channel, reason) => metrics.deadLetters.inc({channel, reason}),
      });
      const events = eventJobs({
        recipientOf: (id) => recipients.of(id),
        read: (address) => store.read(address),
        log,
        onEvent: (event, result) => metrics.events.inc({event, result}),
      });
      const worker = new OutboxWorker({
        outbox,
        log,
        prepare: (entry) => ('event' in entry ? events(entry) : messages(entry)),
        onSettled: ({address}, {kind}) => {
          // What fails here is found again at the verification's expiry.
          if (kind === 'failed') void announcements.announce(address).catch(() => {});
        },
      });
      worker.start();
      return worker;
    },
    async renew(renewed) {
      const changed = renewed.filter(({name, ...settings}) => {
        const before = providers.get(name)?.settings;
        return before !== undefined && !isDeepStrictEqual(before, {name, ...settings});
      });
      // All are opened before one is exchanged.
      for (const next of await Promise.all(changed.map(open))) {
        const {name} = next.provider;
        const old = providers.get(name)?.provider;
        providers.set(name, next);
        const reader = createCallbackReader(next.settings);
        if (reader !== undefined) callbacks.set(name, reader);
        if (old !== undefined) setTimeout(() => void old.close().catch(() => {}), retireAfterMs).unref();
      }
      return changed.map(({name}) => name);
    },
    async close() {
      await Promise.all([...providers.values()].map(({provider}) => provider.close()));
    },
  };
}

/** Opens queued messages, for as long as their client is configured and their key is known. */
function opener({clients}: Catalog, keyring: Keyring) {
  const byTag = new Map([...clients.values()].map((client) => [client.tag, client]));
  return ({address: {id}, ...sealed}: QueuedMessage) => {
    const parsed = parseId(keyring, id);
    if (parsed.kind !== 'ref') return undefined;
    const {keys, lifetimeSeconds, policyTag, clientTag} = parsed.ref;
    const opened = openMessage(keys, id, sealed);
    const encryptionKey = byTag.get(clientTag)?.encryptionKey;
    if (opened === undefined) return undefined;
    return {...opened, lifetimeSeconds, policyTag, ...(encryptionKey === undefined ? {} : {encryptionKey})};
  };
}
