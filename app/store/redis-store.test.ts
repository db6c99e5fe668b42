import {randomUUID} from 'node:crypto';
import {once} from 'node:events';
import type {Redis} from 'ioredis';
import {afterAll, afterEach, beforeAll, describe, expect, it} from 'vitest';
import {createAddressBook} from '../testing/addresses.ts';
import {connectTo} from '../testing/redis-connection.ts';
import {aging} from '../testing/redis-leap.ts';
import {type RedisServer, startRedis} from '../testing/redis-server.ts';
import {succeeds, until} from '../testing/until.ts';
import {announcementsContract} from './contract/announcements.ts';
import {type AnnouncingStoreUnderTest, noWaits} from './contract/support.ts';
import {keysOf} from './keys.ts';
import type {RedisConnectionOptions} from './redis/connect.ts';
import {singleServer} from './redis/servers.ts';
import {RedisAnnouncements} from './redis-announcements.ts';
import {RedisOutbox} from './redis-outbox.ts';
import {runScript} from './redis-scripts.ts';
import {RedisStore} from './redis-store.ts';
import {storeContract} from './store.contract.ts';
import {StoreError} from './store.ts';

let server: RedisServer;
let redis: Redis;
const opened: Redis[] = [];

async function connect(changes: Partial<RedisConnectionOptions> = {}): Promise<Redis> {
  const connection = connectTo(server.url, changes);
  opened.push(connection);
  await until('a connection', () => connection.status === 'ready');
  return connection;
}

beforeAll(async () => {
  server = await startRedis();
  redis = await connect();
});
afterEach(async () => {
  await redis.flushall();
});
afterAll(async () => {
  for (const connection of opened) connection.disconnect();
  await server[Symbol.asyncDispose]();
});

/** Until so much has passed on the clock of Redis. */
async function wait(ms: number): Promise<void> {
  const now = async () => {
    const [seconds, micros] = await redis.time();
    return Number(seconds) * 1000 + Math.floor(Number(micros) / 1000);
  };
  const end = (await now()) + ms;
  await until('the clock', async () => (await now()) >= end);
}

function open(timings = noWaits) {
  const book = createAddressBook();
  const servers = singleServer(redis);
  const store = new RedisStore({servers, timings});
  const announcements = new RedisAnnouncements({servers, addressOf: book.parse});
  return {
    store,
    announcements,
    look: ({partition}) => announcements.look(partition),
    outbox: new RedisOutbox({servers, blocking: redis, consumer: randomUUID(), store, addressOf: book.parse}),
    ...aging(servers, book),
    slackMs: 30_000,
    parse: book.parse,
  } satisfies AnnouncingStoreUnderTest & {parse: unknown};
}

const verification = {
  mac: 'R'.repeat(43),
  sealedCode: 'sealed-code',
  sealedAddress: 'sealed-address',
  channel: 'email',
  maskedTo: 'a***',
  lifetimeMs: 60_000,
  maxAttempts: 5,
  maxPending: 2,
  resendIntervalMs: 0,
  deliver: true,
  keepCode: false,
  rateLimits: [],
} as const;
const limits = {blockAfter: 100};

async function mixedRun({store, outbox, address}: ReturnType<typeof open>) {
  const [a, b, c] = [address('ada'), address('ada'), address('bob')];
  const again = (tag: string) => ({tag, fingerprint: 'f'});
  const rateLimits = [{tag: 'a-limit', count: 100, periodMs: 60_000}];
  for (const where of [a, b, c])
    await store.create(where, {...verification, keepCode: true, rateLimits, contextTag: 'context'}, again(where.tag));
  await store.check(a, {mac: 'W'}, limits, again('check'));
  await store.check(a, verification, limits);
  await store.check(c, {mac: 'W'}, limits);
  await store.resend(
    b,
    {mac: 'N', sealedCode: 'n', same: true, lifetimeMs: 60_000, resendIntervalMs: 0, maxResends: 3},
    again('resend'),
  );
  await store.cancel(b);
  await store.read(c);
  await store.unlock(c.partition, [c.recipientTag]);
  await store.check(c, {mac: 'W'}, limits);
  for (const message of await outbox.receive(50)) await outbox.settle(message, {kind: 'sent', provider: 'mail'});
  return [a, b, c];
}

describe('RedisStore', () => {
  storeContract(open);
  announcementsContract(open);

  it('gives every key a time to live', async () => {
    await mixedRun(open());
    const keys = await redis.keys('*');
    expect(keys.length).toBeGreaterThan(5);
    // One that has ended meanwhile (-2) had one.
    for (const key of keys) expect(await redis.pttl(key), key).not.toBe(-1);
  });

  it('remembers a failure for as long as it says, whatever else happens to the recipient', async () => {
    const {store, address} = open({...noWaits, rememberMs: 3_456_000_000});
    const where = address('ada');
    await store.create(where, verification);
    await store.check(where, {mac: 'W'}, limits);
    await store.create(address('ada'), verification);
    expect(await redis.pttl(keysOf(where).recipient)).toBeGreaterThan(3_455_000_000);
  });

  it('keeps all of a recipient under one hash tag, and every script in the keys that it was given', async () => {
    const addresses = await mixedRun(open());
    for (const address of addresses) {
      const {verification, recipient, outbox} = keysOf(address);
      const tag = verification.slice(0, verification.indexOf('}') + 1);
      expect(tag).toMatch(/^otp:\{p\d\d\}$/);
      expect([recipient, outbox].every((key) => key.startsWith(tag))).toBe(true);
    }
    const known = new Set(addresses.flatMap((address) => Object.values(keysOf(address))));
    const others = (await redis.keys('otp:*')).filter((key) => !known.has(key) && !key.endsWith('outbox'));
    const tags = ['check', 'resend', ...addresses.map(({tag}) => tag)];
    expect(others.toSorted()).toEqual(
      ['otp:l:{a-limit}', ...tags.flatMap((tag) => others.filter((key) => key.endsWith(`}:i:${tag}`)))].toSorted(),
    );
    expect(others).toHaveLength(6);
  });

  it('needs one round trip an operation', async () => {
    const {store, address} = open();
    const where = address('ada');
    const operations = [
      () => store.create(where, verification),
      () => store.check(where, {mac: 'W'}, limits),
      () =>
        store.resend(where, {
          mac: 'N',
          sealedCode: 'n',
          same: false,
          lifetimeMs: 60_000,
          resendIntervalMs: 0,
          maxResends: 3,
        }),
      () => store.read(where),
      () => store.cancel(where),
    ];
    await redis.script('FLUSH');
    await mixedRun(open());
    for (const operation of operations) {
      await redis.config('RESETSTAT');
      await operation();
      const stats = await redis.info('commandstats');
      expect(stats).toContain('cmdstat_evalsha:calls=1,');
      expect(stats).not.toContain('cmdstat_eval:');
    }
  });

  it('leaves nothing of a code behind once a verification is final', async () => {
    const run = open();
    const [approved] = await mixedRun(run);
    if (approved === undefined) throw new Error('no verification');
    const record = await redis.get(keysOf(approved).verification);
    expect(record).toContain(verification.maskedTo);
    for (const secret of [verification.mac, verification.sealedCode, verification.sealedAddress])
      expect(record).not.toContain(secret);
    for (const key of await redis.keys('*:outbox')) expect(await redis.xlen(key), key).toBe(0);
  });

  it('keeps a pending verification, with its recipient, in at most 600 bytes', async () => {
    const {address} = open();
    const store = new RedisStore({servers: singleServer(redis), fenced: true});
    const where = address('ada');
    await store.create(where, {
      ...verification,
      sealedCode: 'c'.repeat(46),
      sealedAddress: 'a'.repeat(100),
      maskedTo: 'a***@example.com',
    });
    const {verification: record, recipient} = keysOf(where);
    const bytes = Number(await redis.memory('USAGE', record)) + Number(await redis.memory('USAGE', recipient));
    expect(bytes).toBeLessThanOrEqual(600);
  });

  it('keeps a value of any length whole', async () => {
    const {store, outbox, address} = open();
    for (const length of [1, 31, 32, 255, 256, 1000, 65_535, 65_536]) {
      const where = address(`ada${length}`);
      const reference = 'é'.repeat(length);
      await store.create(where, {
        ...verification,
        sealedCode: 'c'.repeat(length),
        sealedAddress: 'a'.repeat(length),
        reference,
        keepCode: true,
      });
      await outbox.receive(10);
      const resend = {mac: 'N', sealedCode: 'n', same: true, lifetimeMs: 60_000, resendIntervalMs: 0, maxResends: 1};
      expect(await store.resend(where, resend)).toMatchObject({kind: 'resent', snapshot: {reference}});
      expect(await outbox.receive(10)).toMatchObject([
        {sealedAddress: 'a'.repeat(length), sealedCode: 'c'.repeat(length)},
      ]);
    }
  });

  it('gives a message that its worker has not settled to another one', async () => {
    const run = open();
    await run.store.create(run.address('ada'), verification);
    const [message] = await run.outbox.receive(50);
    if (message === undefined) throw new Error('no message');
    const {outbox} = keysOf(message.address);
    // As if the worker had been silent for a minute.
    await redis.xclaim(outbox, 'workers', 'dead', 0, message.entry, 'IDLE', 60_000, 'JUSTID');
    const other = new RedisOutbox({
      servers: singleServer(redis),
      blocking: redis,
      consumer: 'other',
      store: run.store,
      addressOf: () => message.address,
    });
    expect(await other.receive(50)).toMatchObject([
      {entry: message.entry, sealedCode: verification.sealedCode, resends: 0},
    ]);
  });

  it('passes on what it was given before its connection broke, without waiting for a claim', async () => {
    const run = open();
    await run.store.create(run.address('ada'), verification);
    const id = 'the same';
    const first = new RedisOutbox({
      servers: singleServer(redis),
      blocking: redis,
      consumer: id,
      store: run.store,
      addressOf: run.parse,
    });
    const [given] = await first.receive(50);
    // A process that has lost the answer knows nothing of it: its next call fails, and the one after that recovers.
    const broken = await connect();
    const again = new RedisOutbox({
      servers: singleServer(redis),
      blocking: broken,
      consumer: id,
      store: run.store,
      addressOf: run.parse,
    });
    const closed = once(broken, 'close');
    broken.disconnect(true);
    await expect(again.receive(50)).rejects.toThrow(StoreError);
    await closed;
    await until('the connection', () => broken.status === 'ready');
    expect(await again.receive(50)).toMatchObject([{entry: given?.entry}]);
  });

  it('forgets a worker that is gone once it has no message, and never one that has', async () => {
    const run = open();
    const where = run.address('ada');
    await run.store.create(where, verification);
    const [message] = await run.outbox.receive(50);
    if (message === undefined) throw new Error('no message');
    const {outbox} = keysOf(where);
    await redis.xgroup('CREATECONSUMER', outbox, 'workers', 'gone');
    const forget = () => runScript(redis, {name: 'forget', keys: [outbox], args: ['workers', 20]});
    await wait(40);
    expect(await forget()).toBe(1);
    const other = new RedisOutbox({
      servers: singleServer(redis),
      blocking: redis,
      consumer: 'other',
      store: run.store,
      addressOf: run.parse,
    });
    await run.outbox.release([message]);
    expect(await other.receive(50), 'what is given up comes to another worker at once').toMatchObject([
      {entry: message.entry},
    ]);
    await other.settle(message, {kind: 'sent', provider: 'mail'});
    await wait(40);
    expect(await forget()).toBe(2);
  });

  it('removes a message that it cannot read, but only once its code has expired', async () => {
    const run = open();
    const [valid, expired] = [run.address('ada'), run.address('ada')];
    const {outbox} = keysOf(valid);
    const entries = async () => (await redis.xrange(outbox, '-', '+')).map(([entry]) => entry);
    const receive = () =>
      new RedisOutbox({
        servers: singleServer(redis),
        blocking: redis,
        consumer: randomUUID(),
        store: run.store,
        addressOf: () => undefined,
      }).receive(20);
    await run.store.create(valid, verification);
    expect(await receive()).toEqual([]);
    const [entryOfValid] = await entries();
    expect(entryOfValid).toBeDefined();
    await run.store.create(expired, {...verification, lifetimeMs: 1});
    await wait(1);
    // As if both had been given to a worker that has been silent for a minute.
    await redis.xreadgroup('GROUP', 'workers', 'dead', 'STREAMS', outbox, '>');
    await redis.xclaim(outbox, 'workers', 'dead', 0, ...(await entries()), 'IDLE', 60_000, 'JUSTID');
    expect(await receive()).toEqual([]);
    expect(await entries()).toEqual([entryOfValid]);
  });

  it('forgets a recipient with its last code when an approval has cleared its failures', async () => {
    const {store, address} = open({...noWaits, rememberMs: 3_456_000_000});
    const where = address('ada');
    await store.create(where, verification);
    await store.check(where, {mac: 'W'}, limits);
    await store.check(where, verification, limits);
    const left = await redis.pttl(keysOf(where).recipient);
    expect(left).toBeGreaterThan(3_600_000);
    expect(left).toBeLessThanOrEqual(3_660_000);
  });

  it('never works in another database than it was told', async () => {
    await redis.call('ACL', 'SETUSER', 'app', 'on', 'nopass', '~*', '+@all', '-select');
    const told: string[] = [];
    const hears = {
      timeoutMs: 500,
      onDown: ({message}: Error) => told.push(message),
      onUp: () => told.push('up'),
      credentials: () => ({username: 'app', password: 'any'}),
    };
    const wrong = connectTo(`${server.url}/99`, {...hears, credentials: () => ({})});
    const forbidden = connectTo(`${server.url}/3`, hears);
    opened.push(wrong, forbidden);
    for (const each of [wrong, forbidden]) {
      let tries = 0;
      each.on('reconnecting', () => tries++);
      await until('some tries', () => tries > 2);
      await expect(new RedisStore({servers: singleServer(each)}).ping()).rejects.toThrow(StoreError);
    }
    expect(told.toSorted()).toEqual([expect.stringContaining('DB index'), expect.stringContaining('NOPERM')]);
    await redis.call('ACL', 'SETUSER', 'app', '+select');
    await until('leave', () => told.at(-1) === 'up');
    expect(await forbidden.client('INFO')).toContain(' db=3 ');
  });

  it('says that it does not know when a record cannot be read', async () => {
    const {store, address} = open();
    const where = address('ada');
    await store.create(where, verification);
    const key = keysOf(where).verification;
    const record = (await redis.getBuffer(key))?.toString('latin1') ?? '';
    await redis.set(key, Buffer.from(record.replace('{"', '["'), 'latin1'), 'KEEPTTL');
    await expect(store.read(where)).rejects.toMatchObject({effect: 'unknown', message: /unreadable reply/});
    await redis.set(key, 'no record', 'KEEPTTL');
    await expect(store.read(where)).rejects.toMatchObject({effect: 'unknown'});
  });

  it('says that nothing happened when Redis is gone, at once', async () => {
    const {store, address} = open();
    const own = await connect();
    const there = new RedisStore({servers: singleServer(own)});
    await server.kill();
    await until('the end of the connection', () => own.status !== 'ready');
    const error = await there.create(address('ada'), verification).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(StoreError);
    expect(error).toMatchObject({effect: 'not_executed'});
    await server.restart();
    await until('the connection', () => redis.status === 'ready');
    expect(await store.create(address('ada'), verification)).toMatchObject({kind: 'created'});
  });

  it('says that it does not know when Redis answers nothing in time', async () => {
    const {address} = open();
    const own = await connect({timeoutMs: 200});
    const store = new RedisStore({servers: singleServer(own)});
    server.freeze();
    try {
      await expect(store.create(address('ada'), verification)).rejects.toMatchObject({effect: 'unknown'});
    } finally {
      server.thaw();
    }
    await until('an answer', () => succeeds(store.ping()));
  });

  it('says that nothing happened when Redis refuses to write', async () => {
    const {store, address} = open();
    await redis.config('SET', 'min-replicas-to-write', '1');
    try {
      await expect(store.create(address('ada'), verification)).rejects.toMatchObject({
        effect: 'not_executed',
        message: expect.stringContaining('NOREPLICAS'),
      });
    } finally {
      await redis.config('SET', 'min-replicas-to-write', '0');
    }
    await redis.config('SET', 'maxmemory', '1');
    try {
      await expect(store.create(address('ada'), verification)).rejects.toMatchObject({
        effect: 'not_executed',
        message: expect.stringContaining('OOM'),
      });
    } finally {
      await redis.config('SET', 'maxmemory', '0');
    }
  });
});
