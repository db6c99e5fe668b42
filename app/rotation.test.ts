import {createHash, createSecretKey, randomBytes} from 'node:crypto';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {pino} from 'pino';
import {expect, it} from 'vitest';
import {buildApp} from './app.ts';
import {readConfiguration} from './config/configuration.ts';
import {isSigned, readWebhookSecret} from './delivery/standard-webhooks.ts';
import {createRenewableKeyring} from './domain/keyring.ts';
import {createMetrics} from './metrics.ts';
import {openEvents} from './open-events.ts';
import {followSecrets} from './rotation.ts';
import {openDelivery} from './start-delivery.ts';
import {announcing} from './store/announcing-store.ts';
import {placedIn} from './store/draft.ts';
import {openMemoryStore} from './store/open-store.ts';
import {startFarSide} from './testing/far-side.ts';
import {mountSecret} from './testing/mounted-secret.ts';
import {startSmtpServer} from './testing/smtp-server.ts';
import {until} from './testing/until.ts';

const [firstKey, secondKey] = ['otp_shop_the-first-of-two-keys', 'otp_shop_the-second-of-two-keys'];
const hashOf = (key: string) => createHash('sha256').update(key).digest('hex');
const base64 = () => randomBytes(32).toString('base64');
const [k1, k2] = [`k1:${base64()}`, `k2:${base64()}`];
const initial = {
  keys: k1,
  pseudonym: base64(),
  apiKey: hashOf(firstKey),
  mail: 'first-password',
  event: `whsec_${base64()}`,
};
const nextEventSecret = `whsec_${base64()}`;

/** The service over files that a test swaps as Kubernetes does; it looks at them every 5 ms. */
async function serve() {
  const resources = new AsyncDisposableStack();
  const passwords: string[] = [];
  const smtp = resources.use(
    await startSmtpServer({
      allowInsecureAuth: true,
      onAuth({password}, _session, callback) {
        passwords.push(password ?? '');
        callback(null, {user: 'otp'});
      },
    }),
  );
  const hearer = resources.use(await startFarSide());
  const secret = resources.use(mountSecret(initial));
  const directory = mkdtempSync(join(tmpdir(), 'otp-rotation-'));
  resources.defer(() => rmSync(directory, {recursive: true}));
  const path = join(directory, 'otp.yaml');
  const mail = {kind: 'smtp', host: '127.0.0.1', port: smtp.port, tls: 'none', from: 'a@example.com', username: 'otp'};
  const file = {
    policies: {login: {channels: ['email', 'direct'], returnCode: true}},
    clients: {
      shop: {
        apiKeys: [{id: 'only', sha256: {file: secret.path('apiKey')}}],
        events: {url: `${hearer.url}/`, secrets: [{file: secret.path('event')}], allowAddresses: ['127.0.0.1']},
      },
    },
    providers: {mail: {...mail, password: {file: secret.path('mail')}}},
    channels: {email: ['mail']},
  };
  writeFileSync(path, JSON.stringify(file)); // JSON is YAML
  const configuration = readConfiguration({
    OTP_CONFIG: path,
    OTP_SECRET_KEYS_FILE: secret.path('keys'),
    OTP_PSEUDONYM_KEY_FILE: secret.path('pseudonym'),
  });
  const {settings, catalog} = configuration;
  const lines: Record<string, unknown>[] = [];
  const log = pino({}, {write: (line) => void lines.push(JSON.parse(line))});
  const metrics = createMetrics();
  const keyring = createRenewableKeyring(settings.secretKeys);
  const clients = new Map(catalog.clients);
  const {store, outbox, inbox, announcements} = openMemoryStore();
  const recipients = await openEvents(catalog, keyring);
  const delivery = await openDelivery({catalog, keyring, inbox, metrics, log, store, announcements, recipients});
  resources.defer(() => delivery.close());
  const worker = delivery.start(outbox);
  resources.defer(() => worker.stop(1000));
  const pseudonymKey = createSecretKey(settings.pseudonymKey);
  const app = await buildApp({
    context: {
      store: placedIn(announcing(store, announcements, (id) => recipients.of(id) !== undefined)),
      keyring,
      pseudonymKey,
      issuer: 'otp-service',
      now: Date.now,
    },
    clients,
    metrics,
    log,
    version: '0',
    readiness: async () => ({kind: 'ready'}),
  });
  resources.defer(() => app.close());
  const rotation = await followSecrets({configuration, keyring, clients, delivery, recipients, log, pollMs: 5});
  resources.defer(() => rotation.stop());
  const told = (text: string) => lines.filter(({msg}) => String(msg).includes(text));
  return {
    passwords,
    /** What the client has heard. */
    events: hearer.received,
    told,
    output: () => JSON.stringify(lines),
    /** Renews all files at once; resolves when that is in use, or refused. */
    async swap(changes: Partial<typeof initial>, outcome: 'in use' | 'cannot be used' = 'in use') {
      const before = told(outcome).length;
      secret.swap({...initial, ...changes});
      await until('the rotation', () => told(outcome).length > before);
    },
    async call(key: string, method: 'GET' | 'POST', url: string, payload?: object) {
      const authorization = `Bearer ${key}`;
      const answer = await app.inject({method, url, headers: {authorization}, ...(payload ? {payload} : {})});
      return {status: answer.statusCode, body: answer.json()};
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

const direct = (to: string) => ({to, channel: 'direct'});

it('takes up a new API key and forgets the old one', async () => {
  await using service = await serve();
  expect(await service.call(firstKey, 'GET', '/v1/policies')).toMatchObject({status: 200});
  expect(await service.call(secondKey, 'GET', '/v1/policies')).toMatchObject({status: 401});
  await service.swap({apiKey: hashOf(secondKey)});
  expect(await service.call(firstKey, 'GET', '/v1/policies')).toMatchObject({status: 401});
  expect(await service.call(secondKey, 'GET', '/v1/policies')).toMatchObject({status: 200});
  expect(service.told('in use')).toMatchObject([{clients: ['shop'], providers: [], events: []}]);
});

it('takes the API key that another one has replaced until its end, and no third one', async () => {
  await using service = await serve();
  const statusOf = async (key: string) => (await service.call(key, 'GET', '/v1/policies')).status;
  const ends = (at: number) => `${hashOf(secondKey)},${hashOf(firstKey)}@${new Date(at).toISOString()}`;
  await service.swap({apiKey: ends(Date.now() + 60_000)});
  expect([await statusOf(firstKey), await statusOf(secondKey)]).toEqual([200, 200]);
  await service.swap({apiKey: ends(Date.now() - 1)});
  expect([await statusOf(firstKey), await statusOf(secondKey)]).toEqual([401, 200]);
  for (const [apiKey, reason] of [
    [`${ends(Date.now())},${hashOf('third')}`, '3 keys, expected two at most'],
    [`${hashOf(secondKey)},${hashOf(firstKey)}@soon`, 'after the comma not 64 hex digits, @ and an instant'],
  ] as const) {
    await service.swap({apiKey}, 'cannot be used');
    expect(service.told('cannot be used').at(-1)?.reason).toContain(reason);
  }
  expect(await statusOf(secondKey)).toBe(200);
});

it('signs events with the new secret from its rotation on', async () => {
  await using service = await serve();
  const approve = async (to: string) => {
    const {body} = await service.call(firstKey, 'POST', '/v1/verifications', direct(to));
    await service.call(firstKey, 'POST', `/v1/verifications/${body.id}/check`, {code: body.code});
    const find = () => service.events.find((each) => each.body.includes(body.id));
    await until(`the event of ${to}`, () => find() !== undefined);
    const event = find();
    if (event === undefined) throw new Error('no event');
    return (secret: string) =>
      isSigned([readWebhookSecret(secret) ?? Buffer.alloc(0)], event.headers, {body: event.body, now: Date.now()});
  };
  const first = await approve('ada');
  expect([first(initial.event), first(nextEventSecret)]).toEqual([true, false]);
  await service.swap({event: nextEventSecret});
  const second = await approve('bob');
  expect([second(initial.event), second(nextEventSecret)]).toEqual([false, true]);
  expect(service.output()).not.toContain(nextEventSecret);
});

it('rotates secret keys in two steps, while codes under both are accepted', async () => {
  await using service = await serve();
  const create = async (to: string) => (await service.call(firstKey, 'POST', '/v1/verifications', direct(to))).body;
  const check = ({id, code}: {id: string; code: string}) =>
    service.call(firstKey, 'POST', `/v1/verifications/${id}/check`, {code});
  const kids = async () => (await service.call(firstKey, 'GET', '/.well-known/jwks.json')).body.keys.length;
  const [a, b] = [await create('a'), await create('b')];
  await service.swap({keys: `${k1},${k2}`});
  expect(await kids()).toBe(4);
  const c = await create('c');
  expect(c.id).toContain('_k1_');
  expect(await check(a)).toMatchObject({status: 200});
  await service.swap({keys: `${k2},${k1}`});
  const d = await create('d');
  expect(d.id).toContain('_k2_');
  for (const each of [b, c, d]) expect(await check(each)).toMatchObject({status: 200});
  await service.swap({keys: k2});
  expect(await kids()).toBe(2);
  expect(service.told('not known before')).toEqual([]);
});

it('warns of a key that signs before other processes can know it', async () => {
  await using service = await serve();
  await service.swap({keys: `${k2},${k1}`});
  expect(service.told('not known before')).toMatchObject([{level: 40, kid: 'k2'}]);
});

it('logs in to a provider with its new password', async () => {
  await using service = await serve();
  const send = (to: string) => service.call(firstKey, 'POST', '/v1/verifications', {to});
  await send('ada@example.com');
  await until('the first mail', () => service.passwords.length > 0);
  await service.swap({mail: 'second-password'});
  await send('bob@example.com');
  await until('the second mail', () => service.passwords.length > 1);
  expect(service.passwords).toEqual(['first-password', 'second-password']);
  expect(service.output()).not.toMatch(/first-password|second-password/);
});

it.each([
  ['a secret key that is none', {keys: 'k1:short', apiKey: hashOf(secondKey)}, /OTP_SECRET_KEYS: entry 1/],
  ['an empty hash', {apiKey: ''}, /sha256 of key "only": file .* is empty/],
])('stays with all old secrets, and tells once, while there is %s', async (_what, changes, reason) => {
  await using service = await serve();
  await service.swap(changes, 'cannot be used');
  expect(await service.call(firstKey, 'GET', '/v1/policies')).toMatchObject({status: 200});
  await service.swap({apiKey: hashOf(secondKey)});
  expect(await service.call(secondKey, 'GET', '/v1/policies')).toMatchObject({status: 200});
  expect(service.told('cannot be used')).toMatchObject([{level: 50, reason: expect.stringMatching(reason)}]);
});

it('stays with its pseudonym key, and says so: another one would give every failure budget back', async () => {
  await using service = await serve();
  const create = () => service.call(firstKey, 'POST', '/v1/verifications', direct('ada'));
  expect(await create()).toMatchObject({status: 201});
  await service.swap({pseudonym: base64()});
  expect(await create()).toMatchObject({status: 429, body: {code: 'resend_too_soon'}});
  expect(service.told('does not rotate')).toMatchObject([{level: 50}]);
});
