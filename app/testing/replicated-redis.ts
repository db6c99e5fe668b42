import {Redis} from 'ioredis';
import {type RedisProgram, type RedisServer, startRedis} from './redis-server.ts';
import {until} from './until.ts';

/** A master and its replica, without anything that would switch them. */
export interface ReplicatedRedis {
  readonly master: RedisServer;
  readonly replica: RedisServer;
  /** Asks the master, or makes it do something, over a connection of its own. */
  readonly admin: Redis;
  readonly replicaAdmin: Redis;
  /** Resolves when the replica is connected and has everything. */
  inSync(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

const replication = ['--repl-diskless-sync-delay', '0', '--repl-backlog-ttl', '0'];

export async function startReplicatedRedis({
  program = 'redis-server',
  options = [],
}: {
  readonly program?: RedisProgram;
  /** Of both command lines. */
  readonly options?: readonly string[];
} = {}): Promise<ReplicatedRedis> {
  await using starting = new AsyncDisposableStack();
  const master = starting.use(await startRedis({program, options: [...replication, ...options]}));
  const replica = starting.use(
    await startRedis({program, options: [...replication, ...options, '--replicaof', '127.0.0.1', String(master.port)]}),
  );
  const [admin, replicaAdmin] = [master, replica].map((server) => {
    const redis = new Redis(server.port);
    redis.on('error', () => {});
    starting.defer(() => redis.disconnect());
    return redis;
  });
  if (admin === undefined || replicaAdmin === undefined) throw new Error('no connection');
  const inSync = async () => {
    await until('the replica', async () => (await admin.info('replication')).includes('state=online'));
    await admin.set('otp:in-sync', '', 'PX', 1000);
    await until('the replica to have everything', async () => (await admin.wait(1, 100)) === 1);
  };
  await inSync();
  const started = starting.move();
  return {master, replica, admin, replicaAdmin, inSync, [Symbol.asyncDispose]: () => started.disposeAsync()};
}
