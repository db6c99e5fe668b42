import {pino} from 'pino';
import {expect, it} from 'vitest';
import type {Adoption} from '../store/adoption.ts';
import {limits, noWaits, right, verification} from '../store/contract/support.ts';
import {type CreateOutcome, StoreError} from '../store/store.ts';
import {createAddressBook} from '../testing/addresses.ts';
import {type FallbackNode, startNode} from '../testing/fallback-node.ts';
import {redisOfFile} from '../testing/redis-of-file.ts';
import {until} from '../testing/until.ts';
import {createHeld} from './create-held.ts';
import {FallbackStore} from './fallback-store.ts';
import {leave} from './leave.ts';
import {noPeers, rank} from './peers.ts';

const file = redisOfFile();

const request = {tag: 'request', fingerprint: 'f'};
/** What ends in time ends long before. */
const patientMs = 20_000;
const {draft, parse} = createAddressBook();

/** Three processes that are cut off from Redis and have known each other since before, and a recipient whose order they are in. */
async function start() {
  const options = {redisPort: file.redis.port, addresses: new Set<string>(), timings: noWaits};
  const all: FallbackNode[] = [];
  for (let i = 0; i < 3; i++) all.push(await startNode(options, file.resources));
  await until('the nodes to meet', () => all.every(({peers}) => peers.ready().length === 2));
  const metAt = performance.now();
  await until('the store', () => all.every(({reachedAt}) => reachedAt > metAt));
  for (const {link} of all) link.cut();
  await until('the outage', () => all.every(({fallback}) => fallback.isOpen));
  await until('the peers to know', () => all.every(({peers}) => peers.ready().every((peer) => !peer.reaches(0))));
  const name = `user${Math.random()}`;
  const order = rank(
    draft(name, verification()).recipientTag,
    all.map(({instance}) => instance),
  );
  const nodes = order.map((instance) => all.find((node) => node.instance === instance)) as [
    FallbackNode,
    FallbackNode,
    FallbackNode,
  ];
  const create = async (node: FallbackNode) =>
    idOf(await node.fallback.store.create(draft(name, verification()), request));
  return {nodes, create};
}

function idOf(outcome: CreateOutcome): string {
  if (outcome.kind !== 'created') throw new Error(outcome.kind);
  return outcome.id;
}

it('a request that a process answered before it began to leave is answered alike while it leaves and after it', async () => {
  const {nodes, create} = await start();
  const [first, second, third] = nodes;
  const told = await create(third);
  expect(parse(told)?.owner).toBe(first.instance);
  first.fallback.startToLeave();
  // Whether the others have heard of it or not.
  expect(await Promise.all([create(second), create(third)])).toEqual([told, told]);
  await until('the others to know', () => [second, third].every(({peers}) => peers.ready().length === 1));
  expect(await Promise.all([create(second), create(third), create(first)])).toEqual([told, told, told]);
  const [, ...during] = await Promise.all([first.fallback.stop(patientMs), create(second), create(third)]);
  expect(during).toEqual([told, told]);
  expect(await Promise.all([create(second), create(third)])).toEqual([told, told]);
  expect(first.fallback.size).toBe(0);
});

it('a process that leaves counts on itself no more: what the next one has answered meanwhile it answers alike', async () => {
  const {nodes, create} = await start();
  const [first, second, third] = nodes;
  first.fallback.startToLeave();
  const told = await create(third);
  expect(parse(told)?.owner).toBe(second.instance);
  expect(await create(first)).toBe(told);
});

it('what one that left has handed to another is found while that one leaves, too', async () => {
  const {nodes, create} = await start();
  const [first, second, third] = nodes;
  const told = parse(await create(third));
  if (told === undefined) throw new Error('no id');
  first.fallback.startToLeave();
  await first.fallback.stop(patientMs);
  await first.kill();
  second.fallback.startToLeave();
  await until('the third to know', () => third.peers.ready().length === 0);
  expect(await third.fallback.store.check(told, right, limits)).toMatchObject({kind: 'approved'});
});

const inStore = {probe: async () => {}, send: async () => 'taken' as const};
const inDoubt = {probe: async () => {}, send: () => Promise.reject(new StoreError('unknown', 'no answer'))};

it.each([
  ['it is in the store, which counts as away', inStore, true, 'on_its_way'],
  ['nobody knows whether it has arrived', inDoubt, false, 'on_its_way'],
  ['it is in the store, which is there', inStore, false, 'elsewhere'],
] as const)(
  'a process that has handed a recipient over says what others are to do about it: %s',
  async (_where, {probe, send}, isAway, kind) => {
    const fallback = new FallbackStore({processes: () => 1});
    const {address, verification: about} = draft('ada', verification()).addressTo('this');
    await fallback.create(address, about, request);
    const unsettled = new Set<string>();
    const breakers = {
      isOpen: () => isAway,
      partOf: () => 'all',
      run: <T>(_: number, operation: () => Promise<T>) => operation(),
    };
    await leave({
      instance: 'this',
      fallback,
      breakers,
      handover: {probe, adoption: () => ({send}) as unknown as Adoption, requeue: async () => {}},
      peers: noPeers,
      onUnsettled: ({recipientTag}) => void unsettled.add(recipientTag),
      log: pino({level: 'silent'}),
      withinMs: patientMs,
    });
    expect(fallback.isEmpty).toBe(true);
    const part = createHeld({
      breakers,
      fallback,
      recovery: {bringFor: async () => {}},
      isUnsettled: ({recipientTag}) => unsettled.has(recipientTag),
    });
    expect(await part(address, about, request)).toEqual({kind});
  },
);
