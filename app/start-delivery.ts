import type {Logger} from 'pino';
import type {Catalog} from './config/file.ts';
import {ProviderChain} from './delivery/chain.ts';
import {createProvider} from './delivery/create-provider.ts';
import type {Inbox} from './delivery/inbox.ts';
import {openMessage} from './delivery/message.ts';
import {messageJobs} from './delivery/message-jobs.ts';
import type {Outbox, QueuedMessage} from './delivery/outbox.ts';
import {OutboxWorker} from './delivery/worker.ts';
import type {Keyring} from './domain/keyring.ts';
import {parseId} from './domain/verification-id.ts';
import type {Metrics} from './metrics.ts';

export interface DeliveryOptions {
  readonly catalog: Catalog;
  readonly keyring: Keyring;
  readonly inbox: Inbox;
  readonly metrics: Metrics;
  readonly log: Logger;
}

/** Everything that carries messages, opened. */
export interface Delivery {
  /** Starts to deliver what is in an outbox; several outboxes share the providers and what is known of them. */
  start(outbox: Outbox): OutboxWorker;
  /** Lets go of the providers; the workers are stopped before. */
  close(): Promise<void>;
}

export async function openDelivery({catalog, keyring, inbox, metrics, log}: DeliveryOptions): Promise<Delivery> {
  const opened = catalog.providers.map(
    async (settings) => [settings.name, await createProvider(settings, inbox)] as const,
  );
  const providers = new Map(await Promise.all(opened));
  const chain = new ProviderChain({
    log,
    providersOf: (channel) => (catalog.channels.get(channel) ?? []).flatMap((name) => providers.get(name) ?? []),
    onSend: (provider, result) => metrics.sends.inc({provider, result}),
    onBreaker: (provider, open) => metrics.breakers.set({provider}, open ? 1 : 0),
  });
  const open = opener(catalog, keyring);
  return {
    start(outbox) {
      metrics.observe(outbox);
      const prepare = messageJobs({
        outbox,
        chain,
        open,
        log,
        render: (message) => catalog.templates.render(message),
        onDeadLetter: (channel, reason) => metrics.deadLetters.inc({channel, reason}),
      });
      const worker = new OutboxWorker({outbox, prepare, log});
      worker.start();
      return worker;
    },
    async close() {
      await Promise.all([...providers.values()].map((provider) => provider.close()));
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
