import {afterEach, expect, it} from 'vitest';
import {limits, noWaits, right, verification} from '../store/contract/support.ts';
import {type RedisServers, singleServer} from '../store/redis/servers.ts';
import {createAddressBook} from '../testing/addresses.ts';
import {type FallbackNode, startNode} from '../testing/fallback-node.ts';
import {connectTo} from '../testing/redis-connection.ts';
import {type RedisServer, startRedis} from '../testing/redis-server.ts';
import {startTcpProxy} from '../testing/tcp-proxy.ts';
import {until} from '../testing/until.ts';

let resources = new AsyncDisposableStack();
afterEach(async () => {
  await resources.disposeAsync();
  resources = new AsyncDisposableStack();
});

/** A store of two servers, one for the even partitions and one for the odd ones, whose keys all name their partition. */
function halves(even: RedisServers, odd: RedisServers): RedisServers {
  const isOdd = (key: string) => Number(/\{p(\d\d)\}/.exec(key)?.[1]) % 2 === 1;
  const of = (key: string) => (isOdd(key) ? odd : even);
  return {
    sharded: true,
    away: new Set(),
    part: (key) => (isOdd(key) ? 'odd' : 'even'),
    connection: (key) => of(key).connection(key),
    run: (call) => of(call.keys[0] ?? '').run(call),
    ping: async () => void (await Promise.all([even.ping(), odd.ping()])),
  };
}

/** A process with a way of its own to each of the two servers. */
async function start(redises: readonly [RedisServer, RedisServer], addresses: Set<string>) {
  const wayTo = async ({port}: RedisServer) => {
    const link = resources.use(await startTcpProxy(port));
    const redis = connectTo(`redis://127.0.0.1:${link.port}`);
    resources.defer(() => redis.disconnect());
    return {link, server: singleServer(redis)};
  };
  const [even, odd] = [await wayTo(redises[0]), await wayTo(redises[1])];
  const servers = halves(even.server, odd.server);
  const node = await startNode({redisPort: redises[0].port, servers, addresses, timings: noWaits}, resources);
  return {node, even: even.link, odd: odd.link};
}

it('a process has a peer do what lies where only the peer reaches the store, and only that; memory takes what nobody reaches', async () => {
  const redises = [resources.use(await startRedis()), resources.use(await startRedis())] as const;
  const addresses = new Set<string>();
  const [a, b] = [await start(redises, addresses), await start(redises, addresses)];
  await until('the nodes to meet', () => [a, b].every(({node}) => node.peers.ready().length === 1));
  const {draft, parse} = createAddressBook();
  const named = (name: string, parity: number) => {
    for (let i = 0; ; i++) {
      const drafted = draft(`${name}${i}`, verification());
      if (drafted.partition % 2 === parity) return drafted;
    }
  };
  const knownOf = (node: FallbackNode) => [0, 1].map((parity) => node.peers.ready()[0]?.reaches(parity));
  let asked = 0;
  /** Creates one of each parity at the node and checks it there; tells which of them the node's memory, or its peer's, has. */
  const serve = async ({fallback}: FallbackNode): Promise<boolean[]> => {
    const held: boolean[] = [];
    for (const parity of [0, 1]) {
      const outcome = await fallback.store.create(named(`ada${asked++}-`, parity));
      const where = outcome.kind === 'created' ? parse(outcome.id) : undefined;
      if (where === undefined) throw new Error(outcome.kind);
      held.push(where.owner !== undefined);
      expect(await fallback.store.check(where, right, limits)).toMatchObject({kind: 'approved'});
    }
    return held;
  };

  a.even.cut();
  await until('the peer to know', () => knownOf(b.node)[0] === false);
  expect(knownOf(b.node)).toEqual([false, true]);
  b.odd.cut();
  await until('the other to know', () => knownOf(a.node)[1] === false);
  expect(knownOf(a.node)).toEqual([true, false]);
  // Each has what the other lacks: together they reach all.
  expect([await serve(a.node), await serve(b.node)]).toEqual([
    [false, false],
    [false, false],
  ]);

  b.even.cut();
  await until('that nobody reaches it', () => knownOf(a.node)[0] === false);
  expect([await serve(a.node), await serve(b.node)]).toEqual([
    [true, false],
    [true, false],
  ]);

  for (const link of [a.even, b.even, b.odd]) link.mend();
  await until('the recovery', () => [a, b].every(({node}) => !node.fallback.isActive));
});
