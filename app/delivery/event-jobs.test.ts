import {pino} from 'pino';
import {afterEach, describe, expect, it} from 'vitest';
import {noWaits, right, verification, wrong} from '../store/contract/support.ts';
import {MemoryAnnouncements} from '../store/memory-announcements.ts';
import {MemoryOutbox} from '../store/memory-outbox.ts';
import {MemoryQueue} from '../store/memory-queue.ts';
import {MemoryStore} from '../store/memory-store.ts';
import {createAddressBook} from '../testing/addresses.ts';
import {type FarSide, json, reset, startFarSide} from '../testing/far-side.ts';
import {until} from '../testing/until.ts';
import {verificationEvents} from './announcements.ts';
import {type EventRecipient, eventJobs} from './event-jobs.ts';
import {parseNetwork} from './http/address-guard.ts';
import {HttpClient} from './http/client.ts';
import {isSigned} from './standard-webhooks.ts';
import {OutboxWorker} from './worker.ts';

const secret = Buffer.alloc(32, 3);
const cleanup: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const clean of cleanup.splice(0)) await clean();
});

/** A worker that tells an endpoint of the ends of a memory store's verifications. */
function setUp(
  server: FarSide,
  {hears = true, types = verificationEvents as EventRecipient['endpoint']['types']} = {},
) {
  const queue = new MemoryQueue();
  const store = new MemoryStore({enqueue: () => {}, timings: noWaits});
  const announcements = new MemoryAnnouncements({store, queue});
  const http = new HttpClient({allowed: [parseNetwork('127.0.0.1') ?? []].flat(), timeoutMs: 5000});
  const told: string[] = [];
  const jobs = eventJobs({
    recipientOf: () =>
      hears
        ? {client: 'shop', policy: 'login', endpoint: {url: `${server.url}/events`, secrets: [secret], types}, http}
        : undefined,
    read: (address) => store.read(address),
    log: pino({level: 'silent'}),
    onEvent: (event, result) => void told.push(`${event} ${result}`),
    retryMs: 1,
  });
  const outbox = new MemoryOutbox({queue, store, look: () => announcements.look()});
  const worker = new OutboxWorker({
    outbox,
    log: pino({level: 'silent'}),
    prepare: (entry) => {
      if ('event' in entry) return jobs(entry);
      throw new Error('no message was queued');
    },
  });
  worker.start();
  cleanup.push(
    () => worker.stop(1000),
    () => http.close(),
  );
  const {address} = createAddressBook();
  return {
    told,
    depth: () => outbox.depth(),
    async create(recipient: string, lifetimeMs = 60_000) {
      const where = address(recipient);
      await announcements.watch(where, lifetimeMs);
      await store.create(where, verification({lifetimeMs, reference: 'order-7'}));
      return {
        id: where.id,
        approve: async () => {
          await store.check(where, right, {blockAfter: 100});
          await announcements.announce(where);
        },
        lock: async () => {
          for (let i = 0; i < 5; i++) await store.check(where, wrong, {blockAfter: 100});
          await announcements.announce(where);
        },
      };
    },
  };
}

const settled = (run: {told: string[]}) =>
  until('an event', () => run.told.some((each) => /delivered|dropped/.test(each)));

describe('an event', () => {
  it('tells what became of a verification, signed, without its code and its recipient', async () => {
    await using server = await startFarSide();
    const run = setUp(server);
    const {id, approve} = await run.create('ada');
    await approve();
    await settled(run);
    const [request] = server.received;
    expect(isSigned([secret], request?.headers ?? {}, {body: request?.body ?? '', now: Date.now()})).toBe(true);
    expect(JSON.parse(request?.body ?? '')).toMatchObject({
      type: 'verification.approved',
      data: {id, status: 'approved', policy: 'login', channel: 'email', to: 'a***@example.com', reference: 'order-7'},
    });
    expect(run.told).toEqual(['approved delivered']);
  });

  it('comes again, under the same id, until the far side says that it has it', async () => {
    await using server = await startFarSide();
    const answers = [json(500), reset, json(302, undefined, {location: '/elsewhere'}), json(204)];
    server.answer = (response, request) => (answers.shift() ?? json(204))(response, request);
    const run = setUp(server);
    await (await run.create('ada')).lock();
    await settled(run);
    expect(run.told).toEqual(['locked retried', 'locked retried', 'locked retried', 'locked delivered']);
    expect(new Set(server.received.map(({headers}) => headers['webhook-id'])).size).toBe(1);
    expect(await run.depth()).toMatchObject({messages: 0});
  });

  it('is found at the expiry', async () => {
    await using server = await startFarSide();
    const run = setUp(server);
    await run.create('ada', 50);
    await settled(run);
    expect(run.told).toEqual(['expired delivered']);
  });

  it('is dropped when the endpoint is gone', async () => {
    await using server = await startFarSide();
    server.answer = json(410);
    const run = setUp(server);
    await (await run.create('ada')).approve();
    await settled(run);
    expect(run.told).toEqual(['approved dropped']);
  });

  it('is told to nobody who does not want to hear of it', async () => {
    await using server = await startFarSide();
    const run = setUp(server, {types: ['locked']});
    await (await run.create('ada')).approve();
    await (await run.create('bob')).lock();
    await settled(run);
    expect(run.told).toEqual(['locked delivered']);
    const deaf = setUp(server, {hears: false});
    await (await deaf.create('ada')).approve();
    await until('its end', async () => (await deaf.depth()).messages === 0);
    expect(server.received).toHaveLength(1);
  });
});
