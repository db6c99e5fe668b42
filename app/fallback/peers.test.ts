import {afterAll, afterEach, beforeAll, describe, expect, it} from 'vitest';
import {code, limits, noWaits, right, times, verification, wrong} from '../store/contract/support.ts';
import {singleServer} from '../store/redis/servers.ts';
import {RedisStore} from '../store/redis-store.ts';
import {type CheckOutcome, type CreateOutcome, type Store, StoreError} from '../store/store.ts';
import {createAddressBook} from '../testing/addresses.ts';
import {type FallbackNode, type NodeOptions, startNode} from '../testing/fallback-node.ts';
import {connectTo} from '../testing/redis-connection.ts';
import {type RedisServer, startRedis} from '../testing/redis-server.ts';
import {succeeds, until} from '../testing/until.ts';
import {rank} from './peers.ts';

let redis: RedisServer;
let resources: AsyncDisposableStack;
let addresses: Set<string>;

beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis[Symbol.asyncDispose]());
afterEach(() => resources.disposeAsync());

/** Of one whose store is not to answer. */
const impatient = {storeTimeoutMs: 500};

async function startNodes(
  count: number,
  changes: Partial<NodeOptions> = {},
  ofOthers: Partial<NodeOptions> = changes,
): Promise<FallbackNode[]> {
  resources = new AsyncDisposableStack();
  addresses = new Set();
  const nodes: FallbackNode[] = [];
  for (let i = 0; i < count; i++) nodes.push(await another(i === 0 ? changes : ofOthers));
  await until('the nodes to meet', () => nodes.every((node) => node.peers.ready().length === count - 1));
  return nodes;
}

function another(changes: Partial<NodeOptions> = {}): Promise<FallbackNode> {
  return startNode({redisPort: redis.port, addresses, timings: noWaits, ...changes}, resources);
}

/** Redis is away for these nodes; resolves once they and their peers know. */
async function cutOff(nodes: readonly FallbackNode[], all: readonly FallbackNode[] = nodes): Promise<void> {
  for (const {link} of nodes) link.cut();
  await until('the breakers', () => nodes.every(({fallback}) => fallback.isOpen));
  const away = new Set(nodes.map(({instance}) => instance));
  await until('the peers to know', () =>
    all.every(({peers}) => peers.ready().every((peer) => peer.reaches(0) === !away.has(peer.instance))),
  );
}

async function mend(nodes: readonly FallbackNode[]): Promise<void> {
  for (const {link} of nodes) link.mend();
  await until('the recovery', () => nodes.every(({fallback}) => !fallback.isActive));
}

function created(outcome: CreateOutcome) {
  if (outcome.kind !== 'created') throw new Error(outcome.kind);
  return outcome;
}

const kinds = (outcomes: readonly CheckOutcome[]) => outcomes.map(({kind}) => kind);

describe('a process that alone is cut off from the store', () => {
  it('has a peer do what it cannot, for what is in the store too, and holds nothing itself', async () => {
    const nodes = await startNodes(3);
    const [alone, other] = nodes as [FallbackNode, FallbackNode, FallbackNode];
    const {draft, address, parse} = createAddressBook();
    const before = address('ada');
    await other.fallback.store.create({
      ...draft('ada', verification()),
      addressTo: () => ({address: before, verification: verification()}),
    });
    await cutOff([alone], nodes);
    expect(await alone.fallback.store.check(before, wrong, limits)).toMatchObject({kind: 'incorrect'});
    expect(await alone.fallback.store.check(before, right, limits)).toMatchObject({kind: 'approved'});
    const {id} = created(await alone.fallback.store.create(draft('bob', verification())));
    const bob = parse(id);
    if (bob === undefined) throw new Error('no id');
    expect(bob.owner).toBeUndefined();
    expect(await alone.fallback.store.resend(bob, code())).toMatchObject({kind: 'resent'});
    expect(await other.fallback.store.cancel(bob)).toMatchObject({kind: 'canceled'});
    expect(await alone.fallback.store.read(bob)).toMatchObject({snapshot: {status: 'canceled'}});
    expect(nodes.map(({fallback}) => fallback.size)).toEqual([0, 0, 0]);
  });
});

describe('a creation of which a process does not know what became', () => {
  it.each([
    ['never reached the store', 'both', true],
    ['was done and not answered', 'answers', true],
    ['never reached the store, without a key', 'both', false],
    ['was done and not answered, without a key', 'answers', false],
  ] as const)('is found out about over a peer: it %s', async (_what, silent, hasKey) => {
    const nodes = await startNodes(2, impatient, {});
    const [alone, other] = nodes as [FallbackNode, FallbackNode];
    const {draft, address, request} = createAddressBook();
    const key = hasKey ? request() : undefined;
    const rateLimits = [{tag: address('x').tag, count: 20, periodMs: 3_600_000}];
    const drafted = draft('ada', verification({rateLimits, maxPending: 1}));
    const {address: where} = drafted.addressTo();
    alone.link.silence(silent);
    expect(created(await alone.fallback.store.create(drafted, key)).id).toBe(where.id);
    const again = key === undefined ? drafted : draft('ada', verification({rateLimits}));
    for (const node of nodes) expect(created(await node.fallback.store.create(again, key)).id).toBe(where.id);
    expect(nodes.map(({fallback}) => fallback.size)).toEqual([0, 0]);
    // What was on its way arrives after all.
    alone.link.mend();
    await until('the way', () => succeeds(alone.fallback.store.ping()));
    const next = created(await other.fallback.store.create(draft('bob', verification({rateLimits}))));
    expect(next.limits).toMatchObject([{remaining: 18}]);
    expect(await alone.fallback.store.check(where, right, limits)).toMatchObject({kind: 'approved'});
    expect(await other.fallback.store.check(where, right, limits)).toMatchObject({kind: 'final'});
  });

  it('is found out about over a new connection where there is no peer', async () => {
    const [node] = (await startNodes(1)) as [FallbackNode];
    const {draft} = createAddressBook();
    const drafted = draft('ada', verification());
    const connection = connectTo(redis.url);
    resources.defer(() => connection.disconnect());
    const store = new RedisStore({servers: singleServer(connection)});
    node.link.silence('answers');
    const creating = node.fallback.store.create(drafted);
    await until('the creation', async () => {
      const found = await store.read(drafted.addressTo().address).catch(() => undefined);
      return found?.kind === 'found';
    });
    node.link.cut();
    node.link.mend();
    expect(created(await creating).id).toBe(drafted.addressTo().address.id);
    expect(node.fallback.size).toBe(0);
  });

  it('is finished in memory with the same code if no way tells, and the copy ends when the store is back', async () => {
    const nodes = await startNodes(2, impatient);
    const [alone, other] = nodes as [FallbackNode, FallbackNode];
    await cutOff([alone], nodes);
    const {draft, parse, ...book} = createAddressBook();
    const request = book.request();
    const drafted = draft('ada', verification());
    const copy = drafted.addressTo().address;
    redis.freeze();
    let outcomes: CreateOutcome[];
    try {
      outcomes = [await alone.fallback.store.create(drafted, request)];
      const repeated = draft('ada', verification());
      for (const node of nodes) outcomes.push(await node.fallback.store.create(repeated, request));
    } finally {
      redis.thaw();
    }
    expect(new Set(outcomes.map((outcome) => created(outcome).id)).size).toBe(1);
    const held = outcomes[0] && parse(created(outcomes[0]).id);
    if (held === undefined) throw new Error('no id');
    expect(nodes.map(({instance}) => instance)).toContain(held.owner);
    expect(await alone.fallback.store.check(held, right, limits)).toMatchObject({kind: 'approved'});
    await mend(nodes);
    await until('the store to answer', () => succeeds(other.fallback.store.ping()));
    expect((await other.fallback.store.check(copy, right, limits)).kind).not.toBe('approved');
  });
});

describe('a check of which a process does not know what became', () => {
  it('is found out about over a peer if it has a key, and is not sent again if it has none', async () => {
    const nodes = await startNodes(2, impatient, {});
    const [alone, other] = nodes as [FallbackNode, FallbackNode];
    const {draft, request} = createAddressBook();
    const drafted = draft('ada', verification());
    const {address: where} = drafted.addressTo();
    await other.fallback.store.create(drafted);
    alone.link.silence('answers');
    const key = request('check');
    expect(await alone.fallback.store.check(where, wrong, limits, key)).toMatchObject({kind: 'incorrect'});
    await expect(alone.fallback.store.check(where, wrong, limits)).rejects.toMatchObject({effect: 'unknown'});
    expect(await alone.fallback.store.read(where)).toMatchObject({snapshot: {failedChecks: 2}});
  });
});

describe('processes that all are cut off from the store', () => {
  it('put a recipient where its order says, whoever is asked, and serve it from there', async () => {
    const nodes = await startNodes(3);
    await cutOff(nodes);
    const {draft, parse} = createAddressBook();
    for (const name of ['ada', 'bob', 'eve', 'dan', 'fay', 'gus']) {
      const drafts = nodes.map(() => draft(name, verification({maxPending: 3})));
      const outcomes = await Promise.all(
        nodes.map((node, index) => node.fallback.store.create(drafts[index] as never)),
      );
      const owners = outcomes.map((outcome) => parse(created(outcome).id)?.owner);
      const [first] = rank(
        drafts[0]?.recipientTag ?? '',
        nodes.map(({instance}) => instance),
      );
      expect(owners).toEqual([first, first, first]);
      // Each code from every process at once: accepted once.
      for (const outcome of outcomes) {
        const where = parse(created(outcome).id);
        if (where === undefined) throw new Error('no id');
        const checks = await Promise.all(nodes.map((node) => node.fallback.store.check(where, right, limits)));
        expect(kinds(checks).toSorted()).toEqual(['approved', 'final', 'final']);
      }
    }
    expect(nodes.reduce((sum, {fallback}) => sum + fallback.size, 0)).toBe(18);
  });

  it('give a guesser one round of failures, over all of them and over new codes, and then none until the store is back', async () => {
    const nodes = await startNodes(3);
    const [node] = nodes as [FallbackNode];
    await cutOff(nodes);
    const {draft, parse} = createAddressBook();
    const outcomes: CheckOutcome[] = [];
    const create = () => node.fallback.store.create(draft('ada', verification({maxAttempts: 3})));
    for (const next of nodes) {
      const outcome = await create();
      if (outcome.kind !== 'created') break;
      const where = parse(outcome.id);
      if (where === undefined) throw new Error('no id');
      outcomes.push(
        ...(await times(9, (index) => (nodes[index % 3] ?? next).fallback.store.check(where, wrong, limits))),
      );
    }
    expect(kinds(outcomes).filter((kind) => kind === 'incorrect')).toHaveLength(5);
    expect(await create()).toMatchObject({kind: 'recipient_locked'});
    await mend(nodes);
    // Added to what the store knew, where five are no block.
    const after = created(await create());
    expect(after.snapshot.budget).toMatchObject({failures: 5});
  });

  it('share the limits that count over recipients', async () => {
    const nodes = await startNodes(2);
    await cutOff(nodes);
    const {draft, address} = createAddressBook();
    const rateLimits = [{tag: address('x').tag, count: 20, periodMs: 3_600_000}];
    const outcomes = await times(100, (index) =>
      (nodes[index % 2] as FallbackNode).fallback.store.create(draft(`user${index}`, verification({rateLimits}))),
    );
    expect(outcomes.filter(({kind}) => kind === 'created')).toHaveLength(20);
    expect(outcomes.filter(({kind}) => kind === 'rate_limited')).toHaveLength(80);
  });

  it('say "not now" of what an owner holds that is out of reach, and "lost" once it is known to be gone', async () => {
    const nodes = await startNodes(3);
    await cutOff(nodes);
    const {draft, parse} = createAddressBook();
    const [asked, owner] = nodes as [FallbackNode, FallbackNode];
    const mine = await until('a recipient of the second', async () => {
      const next = draft(`user${Math.random()}`, verification());
      const [first] = rank(
        next.recipientTag,
        nodes.map(({instance}) => instance),
      );
      return first === owner.instance && next;
    });
    const where = parse(created(await asked.fallback.store.create(mine)).id);
    if (where === undefined) throw new Error('no id');
    await owner.kill();
    await expect(asked.fallback.store.check(where, right, limits)).rejects.toMatchObject({name: 'StoreError'});
    addresses.delete(`127.0.0.1:${owner.server.port}`);
    await expect(asked.fallback.store.check(where, right, limits)).rejects.toMatchObject({effect: 'not_executed'});
    for (const node of nodes) if (node !== owner) node.link.mend();
    const lost = await until('the verdict', async () => {
      const outcome = await asked.fallback.store.check(where, right, limits).catch(() => undefined);
      return outcome;
    });
    expect(lost).toEqual({kind: 'not_found'});
  });
});

describe('a recipient that one process holds while others reach the store', () => {
  it('is served beside what is held: the same answer under the same key, and failures that count on', async () => {
    const nodes = await startNodes(3);
    const [first, second, third] = nodes as [FallbackNode, FallbackNode, FallbackNode];
    await cutOff(nodes);
    const {draft, parse, request} = createAddressBook();
    const key = request();
    const {id} = created(await first.fallback.store.create(draft('ada', verification()), key));
    const where = parse(id);
    const owner = nodes.find(({instance}) => instance === where?.owner);
    if (where === undefined || owner === undefined) throw new Error('no owner');
    for (let i = 0; i < 3; i++) await owner.fallback.store.check(where, wrong, limits);
    const others = nodes.filter((node) => node !== owner);
    for (const {link} of others) link.mend();
    await until('the others to be back', () => others.every(({fallback}) => !fallback.isOpen));
    for (const node of [...others, ...others])
      expect(created(await node.fallback.store.create(draft('ada', verification()), key)).id).toBe(id);
    const [other] = others as [FallbackNode];
    const next = created(await other.fallback.store.create(draft('ada', verification())));
    expect(next.snapshot.budget).toMatchObject({failures: 3});
    // Whoever is not held by anybody is in the store.
    const bob = created(await other.fallback.store.create(draft('bob', verification())));
    expect(parse(bob.id)?.owner).toBeUndefined();
    await mend(nodes);
    for (const node of nodes)
      expect(created(await node.fallback.store.create(draft('ada', verification()), key)).id).toBe(id);
    expect([first, second, third].map(({fallback}) => fallback.size)).toEqual([0, 0, 0]);
  });

  it('is known to be held before its first verification is acknowledged, and goes back when a peer is asked for it', async () => {
    const nodes = await startNodes(2);
    const [a, b] = nodes as [FallbackNode, FallbackNode];
    const {draft, parse, request} = createAddressBook();
    const key = request();
    await cutOff(nodes);
    const {id} = created(await a.fallback.store.create(draft('ada', verification()), key));
    const owner = parse(id)?.owner;
    const [holder, other] = owner === a.instance ? [a, b] : [b, a];
    expect(other.peers.ready()).toMatchObject([{instance: holder.instance, holds: true}]);
    for (const {link} of nodes) link.mend();
    await until('the store', () => !other.fallback.isOpen);
    // Whether it is the holder's own loop that brings it back or the question: there is one answer.
    expect(created(await other.fallback.store.create(draft('ada', verification()), key)).id).toBe(id);
  });
});

describe('a creation that a peer may have taken into its memory', () => {
  it('is taken by the next process, in time and with the same code', async () => {
    const nodes = await startNodes(2, {deadlineMs: 4000});
    const [asked, silent] = nodes as [FallbackNode, FallbackNode];
    await cutOff(nodes);
    const {draft, parse} = createAddressBook();
    const store = silent.fallback.part.store as {create: unknown};
    store.create = () => new Promise(() => {});
    const mine = await until('a recipient of the silent one', () => {
      const next = draft(`user${Math.random()}`, verification());
      const order = rank(
        next.recipientTag,
        nodes.map(({instance}) => instance),
      );
      return order[0] === silent.instance && next;
    });
    const where = parse(created(await asked.fallback.store.create(mine)).id);
    expect(where?.owner).toBe(asked.instance);
  });

  it.each([
    ['has taken it', true],
    ['has not', false],
  ])('is answered alike when it is repeated, whoever is asked, whether the first one %s', async (_what, takes) => {
    const nodes = await startNodes(3);
    // What they know of each other is older than the outage: the order alone says who holds a recipient.
    const metAt = performance.now();
    await until('the store', () => nodes.every(({reachedAt}) => reachedAt > metAt));
    await cutOff(nodes);
    const {draft, parse} = createAddressBook();
    const create = async (node: FallbackNode, tag: string) =>
      created(await node.fallback.store.create(draft('ada', verification({maxPending: 3})), {tag, fingerprint: 'f'}))
        .id;
    const order = rank(
      draft('ada', verification()).recipientTag,
      nodes.map(({instance}) => instance),
    );
    const [first, second, third] = order.map((instance) => nodes.find((node) => node.instance === instance)) as [
      FallbackNode,
      FallbackNode,
      FallbackNode,
    ];
    const before = await create(third, 'answered-before');
    expect(parse(before)?.owner).toBe(first.instance);
    const store = first.fallback.part.store as {create: Store['create']};
    const take = store.create;
    store.create = async (...args) => {
      if (takes) await take(...args);
      throw new StoreError('unknown', 'the answer is lost');
    };
    const told = await create(third, 'repeated');
    expect(parse(told)?.owner).toBe(second.instance);
    store.create = take;
    for (const node of [third, second, first]) {
      expect(await create(node, 'repeated')).toBe(told);
      // Of what the first one has answered the other one knows nothing.
      expect(await create(node, 'answered-before')).toBe(before);
    }
  });

  it.each([
    'the copy comes back first',
    'the copy comes back last',
    'the process with the copy hands it over',
  ] as const)('ends where the two meet, and what the caller was told stays: %s', async (order) => {
    const nodes = await startNodes(2);
    const [teller, copier] = nodes as [FallbackNode, FallbackNode];
    await cutOff(nodes);
    const {draft, ...book} = createAddressBook();
    const request = book.request();
    const drafted = draft('ada', verification({maxPending: 3}));
    const [told, copy] = [drafted.addressTo(teller.instance), drafted.addressTo(copier.instance)];
    await copier.fallback.part.store.create(copy.address, copy.verification, request);
    const about = {...told.verification, storeMayHaveCopy: true};
    await teller.fallback.part.store.create(told.address, about, request);
    const isHandedOver = order === 'the process with the copy hands it over';
    if (isHandedOver) {
      await until('the other one to be there to take it', () => copier.peers.ready().length === 1);
      await copier.fallback.stop(20_000);
      expect(copier.fallback.size).toBe(0);
    } else await mend([order === 'the copy comes back first' ? copier : teller]);
    await mend(isHandedOver ? [teller] : nodes);
    const {store} = teller.fallback;
    expect(created(await store.create(draft('ada', verification()), request)).id).toBe(told.address.id);
    expect(await store.check(copy.address, right, limits)).toMatchObject({
      kind: 'final',
      snapshot: {status: 'superseded'},
    });
    expect(await store.check(told.address, right, limits)).toMatchObject({kind: 'approved'});
    expect(await store.check(copy.address, right, limits)).toMatchObject({kind: 'final'});
  });
});

describe('when the store is back', () => {
  it('every process finds what others held, with its failures added once for each owner', async () => {
    const nodes = await startNodes(2);
    const [a, b] = nodes as [FallbackNode, FallbackNode];
    const {draft, parse} = createAddressBook();
    // Both hold codes of one recipient, as when they disagree about who is there.
    await cutOff(nodes);
    const next = [draft('ada', verification()), draft('ada', verification())];
    const held = await Promise.all(
      nodes.map((node, index) => {
        const {address, verification: about} = (next[index] as (typeof next)[0]).addressTo(node.instance);
        return node.fallback.part.store.create(address, about);
      }),
    );
    const [atA, atB] = held.map((outcome) => parse(created(outcome).id));
    if (atA === undefined || atB === undefined) throw new Error('no id');
    for (let i = 0; i < 3; i++) await a.fallback.store.check(atA, wrong, limits);
    for (let i = 0; i < 4; i++) await a.fallback.store.check(atB, wrong, limits);
    await mend(nodes);
    expect(await a.fallback.store.read(atB)).toMatchObject({
      snapshot: {status: 'pending', failedChecks: 4, budget: {failures: 7}},
    });
    expect(await b.fallback.store.check(atA, right, limits)).toMatchObject({kind: 'approved'});
    expect(await b.fallback.store.check(atB, right, limits)).toMatchObject({kind: 'approved'});
    expect(await a.fallback.store.check(atB, right, limits)).toMatchObject({kind: 'final'});
  });
});
