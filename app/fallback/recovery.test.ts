import {describe, expect, it} from 'vitest';
import {code, limits, minute, noWaits, receiveAll, right, verification, wrong} from '../store/contract/support.ts';
import type {Holding} from '../store/holding.ts';
import {outboxKey} from '../store/keys.ts';
import {singleServer} from '../store/redis/servers.ts';
import {RedisHandover} from '../store/redis-handover.ts';
import {RedisStore} from '../store/redis-store.ts';
import type {CreateOutcome} from '../store/store.ts';
import {createAddressBook} from '../testing/addresses.ts';
import {type FallbackNode, type NodeOptions, startNode} from '../testing/fallback-node.ts';
import {connectTo} from '../testing/redis-connection.ts';
import {redisOfFile} from '../testing/redis-of-file.ts';
import {until} from '../testing/until.ts';
import {FallbackStore} from './fallback-store.ts';

const file = redisOfFile();

function start(changes: Partial<NodeOptions> = {}): Promise<FallbackNode> {
  const options = {redisPort: file.redis.port, addresses: new Set<string>(), timings: noWaits};
  return startNode({...options, ...changes}, file.resources);
}

async function startTwo(): Promise<[FallbackNode, FallbackNode]> {
  const addresses = new Set<string>();
  const [a, b] = [await start({addresses}), await start({addresses})];
  await until('the nodes to meet', () => a.peers.ready().length === 1 && b.peers.ready().length === 1);
  return [a, b];
}

async function cut({link, fallback}: FallbackNode): Promise<void> {
  link.cut();
  await until('the breaker', () => fallback.isOpen);
}

async function mend({link, fallback}: FallbackNode): Promise<void> {
  link.mend();
  await until('the recovery', () => !fallback.isActive);
}

async function direct() {
  const connection = connectTo(file.redis.url);
  file.resources.defer(() => connection.disconnect());
  await until('a connection', () => connection.status === 'ready');
  const servers = singleServer(connection);
  return {
    connection,
    store: new RedisStore({servers, timings: noWaits}),
    handover: new RedisHandover({servers, timings: noWaits}),
  };
}

function addressIn({parse}: ReturnType<typeof createAddressBook>, outcome: CreateOutcome) {
  const where = outcome.kind === 'created' ? parse(outcome.id) : undefined;
  if (where === undefined) throw new Error(outcome.kind);
  return where;
}

describe('what the store takes over', () => {
  const holdingOf = (where: {partition: number; recipientTag: string}, changes: Partial<Holding> = {}): Holding => ({
    partition: where.partition,
    recipientTag: where.recipientTag,
    failures: 3,
    contexts: [{contextTag: '', failures: 3, checkableInMs: 0, lockedInMs: 0}],
    sendableInMs: 0,
    maxPending: 2,
    maxAttempts: 5,
    blockAfter: 100,
    verifications: [],
    requests: [],
    ...changes,
  });

  it('counts failures on top of those that it knew, once for each process and number, and blocks whom they block', async () => {
    const {store, handover} = await direct();
    const {address} = createAddressBook();
    const where = address('ada');
    await store.create(where, verification());
    for (let i = 0; i < 2; i++) await store.check(where, wrong, limits);
    const failures = async () => {
      const read = await store.read(where);
      return read.kind === 'found' ? read.snapshot.budget : undefined;
    };
    for (const sequence of [1, 1, 1]) await handover.adoption(holdingOf(where), 'process-one', sequence).send();
    expect(await failures()).toMatchObject({failures: 5, failuresInContext: 5});
    await handover.adoption(holdingOf(where), 'process-two', 1).send();
    await handover.adoption(holdingOf(where), 'process-one', 2).send();
    expect(await failures()).toMatchObject({failures: 11});
    await handover.adoption(holdingOf(where, {blockAfter: 14}), 'process-one', 3).send();
    expect(await failures()).toMatchObject({failures: 14, lockedUntil: -1});
    expect(await store.check(where, right, limits)).toMatchObject({kind: 'final', snapshot: {status: 'locked'}});
  });

  it('ends a round that only the sum completes', async () => {
    const {connection, store} = await direct();
    const handover = new RedisHandover({servers: singleServer(connection)});
    const {address} = createAddressBook();
    const where = address('ada');
    await store.create(where, verification());
    for (let i = 0; i < 3; i++) await store.check(where, wrong, limits);
    await handover.adoption(holdingOf(where), 'process-one', 1).send();
    expect(await store.check(where, right, limits)).toMatchObject({kind: 'too_soon'});
  });

  it('keeps to the channel that a resend has chosen, for the verification and for its message', async () => {
    const {connection, store, handover} = await direct();
    const [first, second] = [0, 1].map(() => new FallbackStore({processes: () => 1, timings: noWaits}));
    if (first === undefined || second === undefined) throw new Error('no process');
    const where = createAddressBook().address('ada');
    await first.create(where, verification({channel: 'sms'}));
    await first.resend(where, code({channel: 'whatsapp'}));
    // From one process to another, and from there to the store.
    await first.move(where, async (holding) => {
      await second.adopt(JSON.parse(JSON.stringify(holding)) as Holding);
      return 'taken';
    });
    await second.move(where, async (holding) => {
      await handover.adoption(holding, 'process-one', 1).send();
      return 'taken';
    });
    expect(await store.read(where)).toMatchObject({snapshot: {channel: 'whatsapp', resends: 1}});
    // In its partition there may be messages of other tests.
    const entries = (await connection.xrange(outboxKey(where.partition), '-', '+')).map(([, fields]) => fields);
    const its = entries.filter((fields) => fields[fields.indexOf('i') + 1] === where.id);
    expect(its.map((fields) => fields[fields.indexOf('h') + 1])).toEqual(['whatsapp']);
  });

  it('has a time to live in every key', async () => {
    const {connection, handover} = await direct();
    const {address} = createAddressBook();
    await handover.adoption(holdingOf(address('ada')), 'process-one', 1).send();
    await handover.probe(0);
    for (const key of await connection.keys('*')) expect(await connection.pttl(key), key).not.toBe(-1);
  });
});

describe('a creation that the store may have done', () => {
  it('is finished in memory with the same code; the store’s copy ends before the verification goes there', async () => {
    const node = await start({storeTimeoutMs: 500});
    const {store} = await direct();
    const book = createAddressBook();
    const draft = book.draft('ada', verification());
    file.redis.freeze();
    let outcome: CreateOutcome;
    try {
      outcome = await node.fallback.store.create(draft);
    } finally {
      file.redis.thaw();
    }
    const held = addressIn(book, outcome);
    const copy = draft.addressTo().address;
    expect(held.owner).toBe(node.instance);
    // Redis did what it had been sent, late.
    await until('the copy', async () => (await store.read(copy)).kind === 'found');
    await until('the recovery', () => !node.fallback.isActive);
    expect(await store.read(copy)).toMatchObject({snapshot: {status: 'superseded'}});
    expect(await store.check(copy, right, limits)).toMatchObject({kind: 'final'});
    expect(await node.fallback.store.check(held, right, limits)).toMatchObject({kind: 'approved'});
    expect(await node.fallback.store.check(held, right, limits)).toMatchObject({kind: 'final'});
  });

  it('has its repetition answered with the id that was told, before and after the store is back', async () => {
    const node = await start();
    const book = createAddressBook();
    const request = book.request();
    await cut(node);
    const first = addressIn(book, await node.fallback.store.create(book.draft('ada', verification()), request));
    const again = () => node.fallback.store.create(book.draft('ada', verification()), request);
    expect(await again()).toMatchObject({kind: 'created', id: first.id});
    await mend(node);
    const replayed = await again();
    expect(replayed).toMatchObject({kind: 'created', id: first.id, snapshot: {status: 'pending'}});
    if (replayed.kind !== 'created') throw new Error(replayed.kind);
    // Told by the store's clock, like everything else.
    expect(Math.abs(replayed.snapshot.createdAt - Date.now())).toBeLessThan(minute);
    expect(await receiveAll(node.fallback.outbox)).toEqual([]);
  });
});

describe('a request that the store answered just before it went away', () => {
  it('and that memory, which cannot know, answered with another verification, has one that is good once both meet', async () => {
    const node = await start();
    const {store} = node.fallback;
    const book = createAddressBook();
    const create = async (name: string, tag: string) =>
      addressIn(book, await store.create(book.draft(name, verification({maxPending: 3})), book.request(tag)));
    const first = await create('ada', 'request');
    const other = await create('ada', 'another');
    await cut(node);
    const second = await create('ada', 'request');
    expect(second.id).not.toBe(first.id);
    await mend(node);
    expect((await create('ada', 'request')).id).toBe(second.id);
    expect(await store.check(first, right, limits)).toMatchObject({kind: 'final', snapshot: {status: 'superseded'}});
    expect(await store.check(second, right, limits)).toMatchObject({kind: 'approved'});
    expect(await store.check(other, right, limits)).toMatchObject({kind: 'approved'});
  });
});

describe('a store that comes back', () => {
  it('empty still gets what was held, and what it had lost is lost', async () => {
    const node = await start();
    const {connection} = await direct();
    const book = createAddressBook();
    const before = addressIn(book, await node.fallback.store.create(book.draft('ada', verification())));
    await node.fallback.store.check(before, wrong, limits);
    await cut(node);
    const held = addressIn(book, await node.fallback.store.create(book.draft('ada', verification())));
    await node.fallback.store.check(held, wrong, limits);
    await connection.flushall();
    await mend(node);
    expect(await node.fallback.store.check(before, right, limits)).toEqual({kind: 'not_found'});
    expect(await node.fallback.store.read(held)).toMatchObject({snapshot: {status: 'pending', budget: {failures: 1}}});
    expect(await node.fallback.store.check(held, right, limits)).toMatchObject({kind: 'approved'});
  });

  it('and goes, and comes, and goes accepts each code once, forgets no failure and answers every creation', async () => {
    const node = await start();
    const book = createAddressBook();
    const {store} = node.fallback;
    const held = [];
    let failures = 0;
    for (let flap = 0; flap < 6; flap++) {
      if (flap % 2 === 0) node.link.cut();
      else node.link.mend();
      for (let i = 0; i < 3; i++)
        held.push(addressIn(book, await store.create(book.draft(`user${flap}-${i}`, verification()))));
      const [guessed] = held;
      if (guessed === undefined) throw new Error('nothing held');
      if (flap > 3) continue;
      const outcome = await store.check(guessed, wrong, limits).catch(() => undefined);
      if (outcome?.kind === 'incorrect') failures++;
    }
    await mend(node);
    expect(failures).toBeGreaterThan(0);
    const [guessed] = held;
    if (guessed === undefined) throw new Error('nothing held');
    // One whose answer was lost may have counted too.
    const read = await store.read(guessed);
    expect(read.kind === 'found' && read.snapshot.failedChecks).toBeGreaterThanOrEqual(failures);
    for (const where of held) {
      const outcomes = [await store.check(where, right, limits), await store.check(where, right, limits)];
      expect(outcomes.map(({kind}) => kind)).toEqual(['approved', 'final']);
    }
  });
});

describe('a process that ends', () => {
  it('leaves what it holds to the store, if it is there, and to one peer otherwise', async () => {
    const [a, b] = await startTwo();
    const book = createAddressBook();
    for (const node of [a, b]) await cut(node);
    const {address: where, verification: about} = book.draft('ada', verification()).addressTo(a.instance);
    await a.fallback.part.store.create(where, about);
    await b.fallback.store.check(where, wrong, limits);
    a.fallback.startToLeave();
    await a.fallback.stop(20_000);
    expect(a.fallback.size).toBe(0);
    expect(b.fallback.size).toBe(1);
    expect(await b.fallback.store.read(where)).toMatchObject({snapshot: {failedChecks: 1, budget: {failures: 1}}});
    await expect(a.fallback.part.store.check(where, right, limits)).rejects.toMatchObject({effect: 'not_executed'});
    b.link.mend();
    await until('the recovery', () => !b.fallback.isActive);
    expect(await b.fallback.store.check(where, right, limits)).toMatchObject({kind: 'approved'});
    const last = book.draft('bob', verification()).addressTo(b.instance);
    await b.fallback.part.store.create(last.address, last.verification);
    await b.fallback.stop(20_000);
    expect(b.fallback.size).toBe(0);
    const {store} = await direct();
    expect(await store.check(last.address, right, limits)).toMatchObject({kind: 'approved'});
  });
});

describe('unlock and erase', () => {
  it('reach what a peer holds', async () => {
    const [a, b] = await startTwo();
    const book = createAddressBook();
    await cut(b);
    const {address: where, verification: about} = book.draft('ada', verification()).addressTo(b.instance);
    await b.fallback.part.store.create(where, about);
    await until('the peer to know', () => a.peers.ready().some((peer) => peer.holds && !peer.reaches(where.partition)));
    // The peer cannot do the store's part, and says so: nothing is half done without a word.
    await expect(a.fallback.store.erase(where.partition, [where.recipientTag])).rejects.toMatchObject({
      effect: 'not_executed',
    });
    b.link.mend();
    await until('an erasure', async () => {
      const erased = await a.fallback.store.erase(where.partition, [where.recipientTag]).catch(() => undefined);
      return erased !== undefined;
    });
    await until('the recovery', () => !b.fallback.isActive);
    expect(await a.fallback.store.read(where)).toEqual({kind: 'not_found'});
  });
});
