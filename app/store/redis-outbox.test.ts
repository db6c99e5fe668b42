import type {Redis} from 'ioredis';
import {afterAll, beforeAll, expect, it} from 'vitest';
import {createAddressBook} from '../testing/addresses.ts';
import {connectTo} from '../testing/redis-connection.ts';
import {type RedisServer, startRedis} from '../testing/redis-server.ts';
import {until} from '../testing/until.ts';
import {verification} from './contract/support.ts';
import {outboxKey} from './keys.ts';
import {singleServer} from './redis/servers.ts';
import {RedisOutbox, type RedisOutboxOptions} from './redis-outbox.ts';
import {RedisStore} from './redis-store.ts';
import {type Address, StoreError} from './store.ts';

let redis: RedisServer;
const connections: Redis[] = [];
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(async () => {
  for (const connection of connections) connection.disconnect();
  await redis[Symbol.asyncDispose]();
});

async function connected(): Promise<Redis> {
  const connection = connectTo(redis.url);
  connections.push(connection);
  await until('a connection', () => connection.status === 'ready');
  return connection;
}

type Replies = [error: Error | null, reply: unknown][] | null;

/** The outbox of a cluster whose two servers have the even and the odd partitions; `spoil` sees each answer of the odd one. */
async function startOutbox(spoil: (replies: Replies) => Replies, look?: RedisOutboxOptions['look']) {
  const [even, odd] = [await connected(), await connected()];
  const spoiled = new Proxy(odd, {
    get(target, name) {
      const value = Reflect.get(target, name);
      if (name !== 'pipeline') return typeof value === 'function' ? value.bind(target) : value;
      return () => {
        const pipeline = target.pipeline();
        const exec = pipeline.exec.bind(pipeline);
        return Object.assign(pipeline, {exec: async () => spoil(await exec())});
      };
    },
  });
  const books = createAddressBook();
  const known = new Map<string, Address>();
  const addressIn = (suits: (partition: number) => boolean): Address => {
    for (let i = 0; ; i++) {
      const address = books.address(`user ${i}`);
      if (!suits(address.partition)) continue;
      known.set(address.id, address);
      return address;
    }
  };
  const keys = Array.from({length: 64}, (_, partition) => outboxKey(partition));
  const store = new RedisStore({servers: singleServer(even)});
  const outbox = new RedisOutbox({
    servers: {
      ...singleServer(even),
      sharded: true,
      connection: (key) => (keys.indexOf(key) % 2 === 1 ? spoiled : even),
    },
    consumer: `worker ${Math.random()}`,
    store,
    addressOf: (id) => known.get(id),
    ...(look === undefined ? {} : {look}),
  });
  return {store, outbox, addressIn};
}

const lost: Replies = Array.from({length: 64}, () => [new Error('Connection is closed.'), null]);

it('messages that were given to a connection that broke come with the next call, and keep nobody from those of other servers', async () => {
  let isBroken = false;
  const {store, outbox, addressIn} = await startOutbox((replies) => (isBroken ? lost : replies));
  await outbox.receive(1);
  const [here, there] = [addressIn((partition) => partition % 2 === 0), addressIn((partition) => partition % 2 === 1)];
  for (const address of [here, there]) await store.create(address, verification());
  isBroken = true;
  expect((await outbox.receive(200)).map(({address}) => address.id)).toEqual([here.id]);
  isBroken = false;
  expect((await outbox.receive(200)).map(({address}) => address.id)).toContain(there.id);
});

it('a stream that has moved keeps nobody from what other streams of its server have given out', async () => {
  let isMoved = false;
  const {store, outbox, addressIn} = await startOutbox((replies) =>
    isMoved && replies?.length === 32
      ? replies.map((reply, index) => (index === 0 ? [new Error('MOVED 1 127.0.0.1:1'), null] : reply))
      : replies,
  );
  await outbox.receive(1);
  // The first of the odd ones is the one that moves.
  const there = addressIn((partition) => partition % 2 === 1 && partition > 1);
  await store.create(there, verification());
  isMoved = true;
  expect((await outbox.receive(200)).map(({address}) => address.id)).toEqual([there.id]);
});

it('ends that cannot be looked for, because their server is away, keep nobody from messages', async () => {
  const looked: number[] = [];
  const {store, outbox, addressIn} = await startOutbox(
    (replies) => replies,
    async (partition) => {
      if (partition % 2 === 1) throw new StoreError('not_executed', 'away');
      looked.push(partition);
    },
  );
  const here = addressIn((partition) => partition % 2 === 0);
  await store.create(here, verification());
  expect((await outbox.receive(200)).map(({address}) => address.id)).toContain(here.id);
  expect(looked).toHaveLength(32);
});
