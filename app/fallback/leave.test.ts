import {pino} from 'pino';
import {describe, expect, it} from 'vitest';
import type {Adoption} from '../store/adoption.ts';
import {limits, noWaits, right, verification} from '../store/contract/support.ts';
import type {Holding} from '../store/holding.ts';
import {outboxKey} from '../store/keys.ts';
import {StoreError} from '../store/store.ts';
import {createAddressBook} from '../testing/addresses.ts';
import {startNode} from '../testing/fallback-node.ts';
import {connectTo} from '../testing/redis-connection.ts';
import {redisOfFile} from '../testing/redis-of-file.ts';
import {until} from '../testing/until.ts';
import {FallbackStore, type SendResult} from './fallback-store.ts';
import {leave} from './leave.ts';
import {PartBreakers} from './part-breakers.ts';
import {noPeers, type Peer, rank} from './peers.ts';

const {address, draft} = createAddressBook();
const notExecuted = () => Promise.reject(new StoreError('not_executed', 'away'));

/** A process that holds something and ends, a store that refuses everything, and peers that take what they are given. */
function start(peers: readonly Peer['adopt'][] = []) {
  const open = () => new FallbackStore({processes: () => 1, timings: noWaits});
  const [fallback, taker] = [open(), open()];
  // As over the wire.
  const take = (holding: Holding) => taker.adopt(JSON.parse(JSON.stringify(holding)) as Holding);
  const ready = [...peers, take].map((adopt, index) => ({instance: `peer-${index}`, adopt}) as unknown as Peer);
  const breakers = new PartBreakers({parts: {partOf: () => 'all', probe: notExecuted}, onChange() {}});
  const asked = {count: 0};
  const send = async () => {
    asked.count++;
    return notExecuted();
  };
  const end = () =>
    leave({
      instance: 'this',
      fallback,
      breakers,
      handover: {probe: notExecuted, requeue: notExecuted, adoption: () => ({send}) as unknown as Adoption},
      peers: {...noPeers, ready: () => ready},
      onUnsettled() {},
      log: pino({level: 'silent'}),
      withinMs: 30_000,
    });
  return {fallback, taker, asked, end};
}

describe('a process that ends hands over', () => {
  it('what a request had begun to bring back to the store, which has refused it', async () => {
    const {fallback, taker, end} = start();
    const where = address('ada', 'this');
    await fallback.create(where, verification());
    const {promise, resolve} = Promise.withResolvers<SendResult>();
    void fallback.move(where, () => promise);
    const ended = end();
    resolve('refused');
    await ended;
    expect(fallback.isEmpty).toBe(true);
    expect(await taker.check(where, right, limits)).toMatchObject({kind: 'approved'});
  });

  it('a code that lives no longer because somebody else was asked first, and took long to refuse it', async () => {
    const lifetimeMs = 200;
    let endsAt = Number.POSITIVE_INFINITY;
    const slow = async () => {
      await until('the expiry', () => performance.now() > endsAt);
      return notExecuted();
    };
    const {fallback, taker, end} = start([slow]);
    // Whom the slow one is asked for first.
    const names = Array.from({length: 64}, (_, i) => `user${i}`);
    const name = names.find(
      (each) => rank(draft(each, verification()).recipientTag, ['peer-0', 'peer-1'])[0] === 'peer-0',
    );
    const where = draft(String(name), verification()).addressTo('this').address;
    await fallback.create(where, verification({lifetimeMs}));
    endsAt = performance.now() + lifetimeMs;
    await end();
    expect(await taker.check(where, right, limits)).toMatchObject({kind: 'final', snapshot: {status: 'expired'}});
  });

  it('what it holds to its peers, as soon as the store has refused some: it does not ask it for each', async () => {
    const {fallback, taker, asked, end} = start();
    const held = Array.from({length: 200}, (_, i) => address(`user${i}`, 'this'));
    for (const where of held) await fallback.create(where, verification());
    await end();
    expect(taker.size).toBe(held.length);
    expect(asked.count).toBeLessThan(held.length / 4);
  });
});

const file = redisOfFile();

it('a message that was in hand when its verification went to the store is queued there when its process ends', async () => {
  const node = await startNode({redisPort: file.redis.port, addresses: new Set(), timings: noWaits}, file.resources);
  const {fallback, link} = node;
  link.cut();
  await until('the breaker', () => fallback.isOpen);
  const [ada, bob] = [address('ada', node.instance), address('bob', node.instance)];
  for (const where of [ada, bob]) await fallback.part.store.create(where, verification());
  const inHand = await fallback.outbox.receive(1000);
  expect(inHand).toHaveLength(2);
  link.mend();
  await until('the recovery', () => !fallback.isActive);
  await fallback.store.check(bob, right, limits);
  await fallback.outbox.release(inHand);
  await fallback.outbox.close();
  await fallback.stop(20_000);
  const connection = connectTo(file.redis.url);
  file.resources.defer(() => connection.disconnect());
  await until('a connection', () => connection.status === 'ready');
  const queued = async ({partition}: typeof ada) => {
    const entries = await connection.xrange(outboxKey(partition), '-', '+');
    return entries.map(([, fields]) => fields[fields.indexOf('i') + 1]);
  };
  expect(await queued(ada)).toContain(ada.id);
  // Nobody waits for a code that has been used.
  expect(await queued(bob)).not.toContain(bob.id);
});
