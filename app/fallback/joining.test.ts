import {afterEach, expect, it, vi} from 'vitest';
import {limits, noWaits, right, verification, wrong} from '../store/contract/support.ts';
import type {CheckOutcome, CreateOutcome} from '../store/store.ts';
import {createAddressBook} from '../testing/addresses.ts';
import {type FallbackNode, type NodeOptions, startNode} from '../testing/fallback-node.ts';
import {redisOfFile} from '../testing/redis-of-file.ts';
import {until} from '../testing/until.ts';
import {rank} from './peers.ts';

const file = redisOfFile();
let addresses = new Set<string>();

afterEach(() => {
  addresses = new Set();
});

function start(changes: Partial<NodeOptions> = {}): Promise<FallbackNode> {
  return startNode({redisPort: file.redis.port, addresses, timings: noWaits, ...changes}, file.resources);
}

async function startTwo(changes: Partial<NodeOptions> = {}): Promise<[FallbackNode, FallbackNode]> {
  const nodes: [FallbackNode, FallbackNode] = [await start(changes), await start(changes)];
  await until('the nodes to meet', () => nodes.every(({peers}) => peers.ready().length === 1));
  // What they know of each other is older than the outage only if the store has been reached since.
  const metAt = performance.now();
  await until('the store', () => nodes.every(({reachedAt}) => reachedAt > metAt));
  return nodes;
}

async function cutOff(nodes: readonly FallbackNode[]): Promise<void> {
  for (const {link} of nodes) link.cut();
  await until('the breakers', () => nodes.every(({fallback}) => fallback.isOpen));
}

/** A process that starts while the store is away. */
async function join(all: readonly FallbackNode[]): Promise<FallbackNode> {
  const joiner = await start({isCutOff: true});
  await until('the joiner to know', () => joiner.fallback.isOpen && joiner.peers.ready().length === all.length);
  await until('the others to know', () =>
    all.every(({peers}) => peers.ready().filter((peer) => !peer.reaches(0)).length === all.length),
  );
  return joiner;
}

function idOf(outcome: CreateOutcome): string {
  if (outcome.kind !== 'created') throw new Error(outcome.kind);
  return outcome.id;
}

/** So many that each process is the first for one of them: by chance not in one of 10,000,000,000 runs. */
const names = Array.from({length: 60}, (_, index) => `user${index}`);

it('a request that was answered before a process joined is answered alike after it, whoever is first in the order now', async () => {
  const before = await startTwo();
  await cutOff(before);
  const {draft} = createAddressBook();
  const create = async (name: string, node: FallbackNode) =>
    idOf(await node.fallback.store.create(draft(name, verification()), {tag: `request-${name}`, fingerprint: 'f'}));
  const told = new Map<string, string>();
  const asked = vi.spyOn(before[1].fallback.part, 'createHeld');
  for (const name of names) told.set(name, await create(name, before[0]));
  // While nobody has joined, the order alone says who holds a recipient.
  expect(before[1].fallback.size).toBeGreaterThan(0);
  expect(asked).not.toHaveBeenCalled();
  const joiner = await join(before);
  for (const name of names)
    for (const node of [joiner, ...before]) expect(await create(name, node), name).toBe(told.get(name));
  expect(joiner.fallback.size).toBe(0);
});

it('a guesser gets one round of failures, not another one at the process that has joined', async () => {
  const before = await startTwo();
  await cutOff(before);
  const {draft, parse} = createAddressBook();
  const guess = async (id: string, times: number): Promise<CheckOutcome['kind'][]> => {
    const where = parse(id);
    if (where === undefined) throw new Error('no id');
    const kinds: CheckOutcome['kind'][] = [];
    for (let i = 0; i < times; i++) kinds.push((await before[0].fallback.store.check(where, wrong, limits)).kind);
    return kinds;
  };
  for (const name of names)
    await guess(idOf(await before[0].fallback.store.create(draft(name, verification({maxAttempts: 3})))), 3);
  const joiner = await join(before);
  const nodes = [joiner, ...before];
  const moved = names.filter((name) => {
    const order = rank(
      draft(name, verification()).recipientTag,
      nodes.map(({instance}) => instance),
    );
    return order[0] === joiner.instance;
  });
  expect(moved.length).toBeGreaterThan(0);
  for (const [index, name] of moved.entries()) {
    const asked = nodes[index % nodes.length] as FallbackNode;
    const next = idOf(await asked.fallback.store.create(draft(name, verification({maxAttempts: 3}))));
    expect((await guess(next, 3)).filter((kind) => kind === 'incorrect')).toHaveLength(2);
  }
  // Whom nobody holds is held by the joiner, where it is the first.
  const fresh = await until('a recipient of the joiner', async () => {
    const id = idOf(await before[0].fallback.store.create(draft(`fresh${Math.random()}`, verification())));
    return parse(id)?.owner === joiner.instance && parse(id);
  });
  expect(await before[1].fallback.store.check(fresh, right, limits)).toMatchObject({kind: 'approved'});
});

it('a process that has joined is known to the others before its first verification is acknowledged', async () => {
  const before = await startTwo({lookEveryMs: 20_000});
  await cutOff(before);
  const joiner = await start({isCutOff: true});
  await until('the joiner to know', () => joiner.fallback.isOpen && joiner.peers.ready().length === 2);
  const {draft, parse} = createAddressBook();
  let isHeldThere = false;
  for (const name of names) {
    const request = {tag: `request-${name}`, fingerprint: 'f'};
    const told = idOf(await joiner.fallback.store.create(draft(name, verification()), request));
    isHeldThere ||= parse(told)?.owner === joiner.instance;
    for (const node of before)
      expect(idOf(await node.fallback.store.create(draft(name, verification()), request))).toBe(told);
  }
  expect(isHeldThere).toBe(true);
});
