import {createHash, createSecretKey, randomBytes} from 'node:crypto';
import type {FastifyInstance, InjectOptions} from 'fastify';
import {type Logger, pino} from 'pino';
import {buildApp} from '../app.ts';
import {signedCallbacks} from '../delivery/callbacks/signed.ts';
import {twilioCallbacks} from '../delivery/callbacks/twilio.ts';
import {openMessage} from '../delivery/message.ts';
import {type ApiKey, type ClientLimits, createClient} from '../domain/client.ts';
import {createKeyring, type SecretKey} from '../domain/keyring.ts';
import type {Policy} from '../domain/policy.ts';
import type {Sandbox} from '../domain/sandbox.ts';
import {parseId} from '../domain/verification-id.ts';
import {createMetrics} from '../metrics.ts';
import {placedIn} from '../store/draft.ts';
import {MemoryAnnouncements} from '../store/memory-announcements.ts';
import {MemoryQueue} from '../store/memory-queue.ts';
import {type MemoryMessage, MemoryStore} from '../store/memory-store.ts';
import type {Store} from '../store/store.ts';
import {testPolicy} from './test-policy.ts';

export const testPublicUrl = 'https://otp.example.com';
/** What the provider `gateway` signs its callbacks with. */
export const callbackSecret = Buffer.alloc(32, 9);
const shopKey = 'otp_shop_secret-of-the-shop';
export const bankKey = 'otp_bank_secret-of-the-bank';
const managerKey = 'otp_shop_may-manage-only';
const endedKey = 'otp_bank_ended';
export const limitedKeys = {managerKey, endedKey};

const apiKey = (id: string, key: string, changes: Partial<ApiKey> = {}): ApiKey => ({
  id,
  sha256: createHash('sha256').update(key).digest(),
  scopes: ['verify'],
  ...changes,
});

export interface TestAppOptions {
  /** Of the policy `login`. */
  readonly login?: Partial<Policy>;
  readonly limits?: ClientLimits;
  /** Of the client `shop`. */
  readonly sandbox?: Sandbox;
  /** Wraps the memory store. */
  readonly store?: (store: Store) => Store;
  readonly log?: Logger;
}

/** The whole HTTP service over a memory store with a clock that the test moves. */
export async function createTestApp({
  store: wrap = (store) => store,
  login = {},
  limits = {},
  sandbox,
  log = pino({level: 'silent'}),
}: TestAppOptions = {}) {
  const started = 1_800_000_000_000;
  let now = started;
  let aheadMs = 0;
  const sent: MemoryMessage[] = [];
  const queue = new MemoryQueue();
  const memory = new MemoryStore({enqueue: (message) => void sent.push(message), now: () => now});
  const announcements = new MemoryAnnouncements({store: memory, queue, now: () => now});
  const secretKey: SecretKey = {kid: 'k1', secret: randomBytes(32)};
  const keyring = createKeyring([secretKey]);
  const policies = [
    testPolicy('login', login),
    testPolicy('payment', {lifetimeSeconds: 120, maxAttempts: 3, blockAfter: 5, channels: ['email']}),
  ];
  const clients = [
    createClient(
      'shop',
      policies,
      [apiKey('first', shopKey), apiKey('second', managerKey, {scopes: ['manage']})],
      limits,
      undefined,
      sandbox,
    ),
    createClient('bank', policies, [apiKey('first', bankKey), apiKey('old', endedKey, {notAfter: started})]),
  ];
  const metrics = createMetrics();
  const app: FastifyInstance = await buildApp({
    context: {
      store: placedIn(wrap(memory)),
      keyring,
      pseudonymKey: createSecretKey(randomBytes(32)),
      issuer: testPublicUrl,
      now: () => now + aheadMs,
    },
    clients: new Map(clients.map((client) => [client.name, client])),
    metrics,
    log,
    version: '0.0.0',
    readiness: async () => ({kind: 'ready'}),
    callbacks: {
      context: {keyring, reports: announcements, announcements},
      publicUrl: testPublicUrl,
      readers: new Map([
        ['twilio', twilioCallbacks('12345')],
        [
          'gateway',
          signedCallbacks({secrets: [callbackSecret], pointer: '/status', delivered: ['ok'], failed: ['no']}),
        ],
      ]),
    },
  });

  const call = async (
    method: 'GET' | 'POST' | 'DELETE',
    url: string,
    body?: unknown,
    key = shopKey,
    headers: Record<string, string> = {},
  ) => {
    const options: InjectOptions = {
      method,
      url,
      headers: {authorization: `Bearer ${key}`, ...headers},
      ...(body === undefined ? {} : {payload: body as object}),
    };
    const response = await app.inject(options);
    return {
      status: response.statusCode,
      headers: response.headers,
      body: response.body === '' ? undefined : response.json(),
    };
  };
  const messageOf = (id: string) => {
    const message = sent.findLast(({address}) => address.id === id);
    const parsed = parseId(keyring, id);
    if (message === undefined || parsed.kind !== 'ref') throw new Error(`no message for ${id}`);
    const opened = openMessage(parsed.ref.keys, id, message);
    if (opened === undefined) throw new Error('cannot be opened');
    return opened;
  };
  return {
    app,
    metrics: () => metrics.registry.metrics(),
    call,
    /** Notes that a provider has taken the newest message of a verification. */
    settle(id: string, provider: string) {
      const message = sent.findLast(({address}) => address.id === id);
      if (message === undefined) throw new Error(`no message for ${id}`);
      memory.settle(message, {kind: 'sent', provider});
    },
    pass(ms: number) {
      now += ms;
    },
    /** The clock of the process is this far ahead of the store's from now on. */
    misset(ms: number) {
      aheadMs = ms;
    },
    create: (body: object = {}, key = shopKey, headers: Record<string, string> = {}) =>
      call('POST', '/v1/verifications', {to: 'ada@example.com', ...body}, key, headers),
    check: (id: string, code: string, key = shopKey) => call('POST', `/v1/verifications/${id}/check`, {code}, key),
    /** The newest message of a verification, opened. */
    messageOf,
    /** The code of the newest message of a verification. */
    codeOf: (id: string) => messageOf(id).code,
    /** Another six digits. */
    wrong: (code: string) => (code === '000000' ? '000001' : '000000'),
  };
}
