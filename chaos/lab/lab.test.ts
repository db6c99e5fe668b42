import {execFile} from 'node:child_process';
import {mkdtemp, readdir, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {promisify} from 'node:util';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {startCluster} from './cluster.ts';
import {pingRedis} from './ping-redis.ts';
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
    // So long that nobody takes over while they start.
    const set = cleanup.use(await startReplicatedSet({replicas: 1, downAfterMs: 20_000}));
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

/** What is written from now on for a while is written here. */
async function temporaryFolder(): Promise<string> {
  const {TMPDIR} = process.env;
  const folder = await mkdtemp(path.join(tmpdir(), 'otp-test-'));
  cleanup.defer(() => rm(folder, {recursive: true}));
  cleanup.defer(() => {
    if (TMPDIR === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = TMPDIR;
  });
  process.env.TMPDIR = folder;
  return folder;
}

test('nothing outlives a set, on disk or in the process table', async () => {
  const folder = await temporaryFolder();
  const set = await startReplicatedSet({replicas: 1});
  expect(await readdir(folder)).toHaveLength(1);
  const pings = () => Promise.all([...set.nodes, ...set.sentinels].map((node) => node.ping()));
  expect(new Set(await pings())).toEqual(new Set(['answered']));
  await set[Symbol.asyncDispose]();
  expect(new Set(await pings())).toEqual(new Set(['refused']));
  expect(await readdir(folder)).toEqual([]);
});

test('nor the process that has started it, when that ends by an error that nobody has caught', async () => {
  const folder = await temporaryFolder();
  const program = `
    import {startSingleRedis} from '${import.meta.resolve('./single-redis.ts')}';
    const {node} = await startSingleRedis();
    console.log(node.port);
    setImmediate(() => { throw new Error('not caught'); });`;
  const failed = promisify(execFile)(process.execPath, ['--input-type=module', '-e', program]).catch((error) => error);
  const {code, stdout} = (await failed) as {code: number; stdout: string};
  expect(code).toBe(1);
  expect(await pingRedis(Number(stdout), 1_000)).toBe('refused');
  expect(await readdir(folder)).toEqual([]);
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
