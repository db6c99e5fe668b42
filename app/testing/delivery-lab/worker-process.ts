// A process that only delivers: what a pod of the service does besides answering. Its options come as JSON in its argument.
import {pino} from 'pino';
import {ProviderChain} from '../../delivery/chain.ts';
import {parseNetwork} from '../../delivery/http/address-guard.ts';
import {HttpClient} from '../../delivery/http/client.ts';
import {openMessage} from '../../delivery/message.ts';
import {messageJobs} from '../../delivery/message-jobs.ts';
import {httpProvider} from '../../delivery/providers/http.ts';
import {OutboxWorker} from '../../delivery/worker.ts';
import {createKeyring} from '../../domain/keyring.ts';
import {parseId} from '../../domain/verification-id.ts';
import {singleServer} from '../../store/redis/servers.ts';
import {RedisOutbox} from '../../store/redis-outbox.ts';
import {RedisStore} from '../../store/redis-store.ts';
import {addressOf} from '../../usecases/context.ts';
import {connectTo} from '../redis-connection.ts';
import type {WorkerSettings} from './worker-settings.ts';

const {name, redisUrl, providerUrl, secret, claimMs, maxConnections} = JSON.parse(
  process.argv[2] ?? '',
) as WorkerSettings;
const keyring = createKeyring([{kid: 'test', secret: Buffer.from(secret, 'base64')}]);
const log = pino({level: 'fatal'});
const servers = singleServer(connectTo(redisUrl));
const store = new RedisStore({servers});
const outbox = new RedisOutbox({
  servers,
  blocking: connectTo(redisUrl, {timeoutMs: 12_000}),
  consumer: name,
  store,
  claimMs,
  addressOf: (id) => {
    const parsed = parseId(keyring, id);
    return parsed.kind === 'ref' ? addressOf(parsed.ref) : undefined;
  },
});
const provider = httpProvider({
  name: 'gateway',
  method: 'POST',
  url: providerUrl,
  headers: {'x-worker': name, 'idempotency-key': '{messageId}'},
  body: {format: 'json', template: {to: '{to}', text: '{text}'}},
  success: {status: [200]},
  refused: {status: [400]},
  maxConnections,
  client: new HttpClient({allowed: [parseNetwork('127.0.0.1') ?? []].flat(), maxConnections}),
});
const messages = messageJobs({
  outbox,
  chain: new ProviderChain({log, providersOf: () => [provider]}),
  log,
  open: ({address: {id}, ...sealed}) => {
    const parsed = parseId(keyring, id);
    const opened = parsed.kind === 'ref' ? openMessage(parsed.ref.keys, id, sealed) : undefined;
    return opened === undefined ? undefined : {...opened, lifetimeSeconds: 300, policyTag: 0};
  },
  render: ({code}) => ({locale: 'en', subject: 'Code', text: `Your code is ${code}.`}),
});
const worker = new OutboxWorker({
  outbox,
  log,
  renewMs: claimMs / 4,
  prepare: (entry) => {
    if ('event' in entry) throw new Error('no event was queued');
    return messages(entry);
  },
});
worker.start();
let peakBytes = 0;
setInterval(() => {
  peakBytes = Math.max(peakBytes, process.memoryUsage.rss());
}, 20).unref();
process.on('message', () => {
  const {user, system} = process.cpuUsage();
  process.send?.({rssBytes: process.memoryUsage.rss(), peakBytes, cpuMs: (user + system) / 1000});
});
process.on('disconnect', () => process.exit(0));
process.on('SIGTERM', () => process.exit(0));
process.send?.('ready');
