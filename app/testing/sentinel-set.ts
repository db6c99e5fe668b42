import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {Redis} from 'ioredis';
import {freePort, type RedisProgram, type RedisServer, startRedis, startRedisProcess} from './redis-server.ts';
import {until} from './until.ts';

export interface SentinelSetOptions {
  /** Servers that can replicate. @default 2 */
  readonly servers?: number;
  /** @default redis-server */
  readonly program?: RedisProgram;
  /** For every server. */
  readonly options?: readonly string[];
}

/** Real servers with replication, and three real sentinels over them, on loopback. */
export interface SentinelSet {
  /** `host:port,…` of the sentinels. */
  readonly sentinels: readonly {host: string; port: number}[];
  /** The first is the master at the start. */
  readonly servers: readonly RedisServer[];
  /** The server that the sentinels name now. */
  master(): Promise<RedisServer>;
  /** Resolves when the master has as many replicas as there are other servers. */
  replicated(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

const masterName = 'otp';
/** As short as Sentinel takes it without false alarms on a busy machine. */
const downAfterMs = 1100;

export async function startSentinelSet({
  servers: count = 2,
  program = 'redis-server',
  options = [],
}: SentinelSetOptions = {}): Promise<SentinelSet> {
  await using started = new AsyncDisposableStack();
  const directory = await mkdtemp(join(tmpdir(), 'otp-sentinels-'));
  started.defer(() => rm(directory, {recursive: true, force: true}));
  const servers: RedisServer[] = [];
  for (let i = 0; i < count; i++) {
    const [first] = servers;
    const role = first === undefined ? [] : ['--replicaof', '127.0.0.1', String(first.port)];
    const server = await startRedis({
      program,
      options: ['--repl-diskless-sync-delay', '0', '--repl-backlog-ttl', '0', ...options, ...role],
    });
    servers.push(server);
    started.use(server);
  }
  const sentinels: {host: string; port: number}[] = [];
  for (let i = 0; i < 3; i++) {
    const port = await freePort();
    const config = join(directory, `sentinel-${port}.conf`);
    await writeFile(
      config,
      [
        `port ${port}`,
        'bind 127.0.0.1',
        `dir ${directory}`,
        `sentinel monitor ${masterName} 127.0.0.1 ${servers[0]?.port} 2`,
        `sentinel down-after-milliseconds ${masterName} ${downAfterMs}`,
        `sentinel failover-timeout ${masterName} 5000`,
      ].join('\n'),
    );
    started.use(await startRedisProcess([config, '--sentinel'], {program, readyWhen: '+monitor'}));
    sentinels.push({host: '127.0.0.1', port});
  }
  const ask = async <T>(port: number, run: (redis: Redis) => Promise<T>): Promise<T | undefined> => {
    const redis = new Redis(port, {lazyConnect: true, retryStrategy: () => null});
    redis.on('error', () => {});
    try {
      return await run(redis);
    } catch {
      return undefined;
    } finally {
      redis.disconnect();
    }
  };
  const master = async () => {
    const [address] = sentinels;
    const reply = await ask(address?.port ?? 0, (redis) =>
      redis.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', masterName),
    );
    const port = Number((reply as string[] | undefined)?.[1]);
    const found = servers.find((server) => server.port === port);
    if (found === undefined) throw new Error(`the sentinels name nobody: ${JSON.stringify(reply)}`);
    return found;
  };
  const set: SentinelSet = {
    sentinels,
    servers,
    master,
    async replicated() {
      const {port} = await master();
      await until('the replicas', async () =>
        ((await ask(port, (redis) => redis.info('replication'))) ?? '').includes(`connected_slaves:${count - 1}`),
      );
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
  await set.replicated();
  await until('the sentinels', async () => {
    for (const {port} of sentinels) {
      const known = await ask(port, (redis) => redis.call('SENTINEL', 'CKQUORUM', masterName));
      const replicas = await ask(port, (redis) => redis.call('SENTINEL', 'REPLICAS', masterName));
      if (!String(known).includes('3 usable') || (replicas as unknown[] | undefined)?.length !== count - 1)
        return false;
    }
    return true;
  });
  const owned = started.move();
  return set;
}
