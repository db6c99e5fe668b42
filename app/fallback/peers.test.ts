import {afterAll, afterEach, beforeAll, describe, expect, it} from 'vitest';
import {code, limits, noWaits, right, times, verification, wrong} from '../store/contract/support.ts';
import type {CheckOutcome, CreateOutcome} from '../store/store.ts';
import {createAddressBook} from '../testing/addresses.ts';
import {createCertificate, type TestCertificate} from '../testing/certificates.ts';
import {type FallbackNode, type NodeOptions, startNode} from '../testing/fallback-node.ts';
import {type RedisServer, startRedis} from '../testing/redis-server.ts';
import {until} from '../testing/until.ts';
import {rank} from './peers.ts';

let certificate: TestCertificate;
let redis: RedisServer;
let resources: AsyncDisposableStack;
let addresses: Set<string>;

beforeAll(async () => {
  certificate = await createCertificate('peers.test');
  redis = await startRedis();
});
afterAll(() => redis[Symbol.asyncDispose]());
afterEach(() => resources.disposeAsync());

async function startNodes(count: number, changes: Partial<NodeOptions> = {}): Promise<FallbackNode[]> {
  resources = new AsyncDisposableStack();
  addresses = new Set();
  const nodes: FallbackNode[] = [];
  for (let i = 0; i < count; i++) nodes.push(await another(changes));
  await until('the nodes to meet', () => nodes.every((node) => node.peers.ready().length === count - 1));
  return nodes;
}

function another(changes: Partial<NodeOptions> = {}): Promise<FallbackNode> {
  return startNode({redisPort: redis.port, certificate, addresses, timings: noWaits, ...changes}, resources);
}

/** Redis is away for these nodes; resolves once they and their peers know. */
async function cutOff(nodes: readonly FallbackNode[], all: readonly FallbackNode[] = nodes): Promise<void> {
  for (const {link} of nodes) link.cut();
  await until('the breakers', () => nodes.every(({fallback}) => fallback.isOpen));
  const away = new Set(nodes.map(({instance}) => instance));
  await until('the peers to know', () =>
    all.every(({peers}) => peers.ready().every((peer) => peer.reachesStore === !away.has(peer.instance))),
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

describe('a peer that may have created a verification in the store', () => {
  it('leaves it in doubt: the process that was asked finishes it with the same code, and the copy ends when the store is back', async () => {
    const nodes = await startNodes(2);
    const [alone, other] = nodes as [FallbackNode, FallbackNode];
    await cutOff([alone], nodes);
    const {draft, parse} = createAddressBook();
    const drafted = draft('ada', verification());
    const copy = drafted.addressTo().address;
    redis.freeze();
    let outcome: CreateOutcome;
    try {
      outcome = await alone.fallback.store.create(drafted);
    } finally {
      redis.thaw();
    }
    const held = parse(created(outcome).id);
    if (held === undefined) throw new Error('no id');
    expect(held.owner).toBe(alone.instance);
    expect(await alone.fallback.store.check(held, right, limits)).toMatchObject({kind: 'approved'});
    await mend([alone]);
    await until('the store to answer', () =>
      other.fallback.store.ping().then(
        () => true,
        () => false,
      ),
    );
    expect((await other.fallback.store.check(copy, right, limits)).kind).not.toBe('approved');
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
