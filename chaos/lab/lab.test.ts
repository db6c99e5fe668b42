import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {startCluster} from './cluster.ts';
import {startProgram} from './program.ts';
import {startReplicatedSet} from './replicated-set.ts';

let cleanup: AsyncDisposableStack;
beforeEach(() => {
  cleanup = new AsyncDisposableStack();
});
afterEach(() => cleanup.disposeAsync());

describe('a replicated set', () => {
  test('has a new master after the old one dies, which comes back as its replica', async () => {
    const set = cleanup.use(await startReplicatedSet());
    const former = await set.master();
    await former.kill();
    const next = await set.settled({former});
    expect(next).not.toBe(former);
    await next.command('SET', 'written', 'since');
    await set.restart(former);
    await set.settled({replicas: 2});
    expect(await former.command('GET', 'written')).toBe('since');
  });

  test('all of it gone comes back under its last master, with its data', async () => {
    const set = cleanup.use(await startReplicatedSet({replicas: 1}));
    const master = await set.master();
    await master.command('SET', 'kept', '1');
    for (const node of [...set.nodes, ...set.sentinels]) await node.kill();
    await expect(set.master()).rejects.toThrow('no sentinel names a master');
    await set.restartAll();
    expect(await set.settled()).toBe(master);
    expect(await master.command('GET', 'kept')).toBe('1');
  });
});

test('a cluster serves every slot', async () => {
  const cluster = cleanup.use(await startCluster({replicasPerShard: 0}));
  const [first] = cluster.nodes;
  expect(await first?.command('CLUSTER', 'INFO')).toContain('cluster_slots_ok:16384');
});

test('nothing outlives a set, on disk or in the process table', async () => {
  const set = await startReplicatedSet({replicas: 1});
  const pings = () => Promise.all([...set.nodes, ...set.sentinels].map((node) => node.ping()));
  expect(new Set(await pings())).toEqual(new Set(['answered']));
  await set[Symbol.asyncDispose]();
  expect(new Set(await pings())).toEqual(new Set(['refused']));
});

test('a missing program is named, with where to get it', async () => {
  const path = process.env.PATH;
  process.env.PATH = '/nowhere';
  cleanup.defer(() => {
    process.env.PATH = path;
  });
  await expect(startProgram('toxiproxy-server', [], '/dev/null')).rejects.toThrow(
    /toxiproxy-server is not on the PATH: take it from https:\/\/github.com\/Shopify\/toxiproxy/,
  );
});
