import {expect, it} from 'vitest';
import {limits, noWaits, right, verification} from '../store/contract/support.ts';
import {createAddressBook} from '../testing/addresses.ts';
import {type FallbackNode, startNode} from '../testing/fallback-node.ts';
import {redisOfFile} from '../testing/redis-of-file.ts';
import {until} from '../testing/until.ts';

const file = redisOfFile();

async function startTwo(): Promise<[FallbackNode, FallbackNode]> {
  const options = {redisPort: file.redis.port, addresses: new Set<string>(), timings: noWaits};
  const [a, b] = [await startNode(options, file.resources), await startNode(options, file.resources)];
  await until('the nodes to meet', () => a.peers.ready().length === 1 && b.peers.ready().length === 1);
  return [a, b];
}

const book = createAddressBook();
const notExecuted = {effect: 'not_executed'};

it('what a process does for a peer it does itself or not at all: no request makes a second hop', async () => {
  const [alone, other] = await startTwo();
  const drafted = book.draft('ada', verification());
  const {address} = drafted.addressTo();
  await other.fallback.store.create(drafted);
  alone.link.cut();
  await until('the breaker', () => alone.fallback.isOpen);
  const {part, store} = alone.fallback;
  await expect(part.store.read(address)).rejects.toMatchObject(notExecuted);
  await expect(part.store.check(address, right, limits)).rejects.toMatchObject(notExecuted);
  const next = book.draft('bob', verification()).addressTo();
  await expect(part.store.create(next.address, next.verification)).rejects.toMatchObject(notExecuted);
  // Asked by a caller, it has the peer do it.
  expect(await store.check(address, right, limits)).toMatchObject({kind: 'approved'});
});

it('a verification that is meant for another process is not taken in: that one may have had this address before', async () => {
  const [a, b] = await startTwo();
  const {address, verification: about} = book.draft('eve', verification()).addressTo(a.instance);
  await expect(b.fallback.part.store.create(address, about)).rejects.toMatchObject(notExecuted);
  expect(b.fallback.size).toBe(0);
});

it('a process that is about to end takes on nothing more, says so, and serves what it holds until it has gone', async () => {
  const [a, b] = await startTwo();
  for (const {link} of [a, b]) link.cut();
  await until('the breakers', () => a.fallback.isOpen && b.fallback.isOpen);
  const held = book.draft('ida', verification()).addressTo(a.instance);
  const {part} = a.fallback;
  await part.store.create(held.address, held.verification);
  a.fallback.startToLeave();
  const late = book.draft('jan', verification()).addressTo(a.instance);
  await expect(part.store.create(late.address, late.verification)).rejects.toMatchObject(notExecuted);
  await expect(part.adopt({} as never)).rejects.toMatchObject(notExecuted);
  expect(part.status()).toMatchObject({stopping: true});
  await until('its peer to know', () => b.peers.ready().length === 0);
  expect(await b.fallback.store.check(held.address, right, limits)).toMatchObject({kind: 'approved'});
});
