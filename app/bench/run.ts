import {mkdir, mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join, resolve} from 'node:path';
import {Redis} from 'ioredis';
import {bundleService} from '../build/bundle.ts';
import {startRedis} from '../testing/redis-server.ts';
import {type BenchOptions, parseArguments, UsageError, usage} from './arguments.ts';
import {Contestant, operations} from './contestant.ts';
import {separateCores} from './cores.ts';
import {createInstallation} from './installation.ts';
import {measureFallbackMemory} from './measures/fallback-memory.ts';
import {measureRedisCost} from './measures/redis-cost.ts';
import {measureReplication} from './measures/replication.ts';
import {type Contestants, measureLatency, measureThroughput, warmUp} from './measures/rounds.ts';
import {measureStartAndMemory} from './measures/start-and-memory.ts';
import {report} from './report.ts';
import {type ServerName, startServer} from './servers/server-process.ts';

/**
 * `npm run bench`: what the service costs above the platform that it stands on.
 *
 * In: the service as production runs it (the image's program, `NODE_ENV=production`, a configuration file, metrics, its log
 * in a file), one process on a core of its own; a real Redis, HTTP over keep-alive connections of loopback.
 * Out: delivery (see `installation.ts`), TLS, the network, and Redis'
 * persistence: floor and bare have none of these either.
 */

/** Enough that a server always has something to do, few enough that its queue is not what is measured. */
const connections = 64;
const profileGraceMs = 15_000;

const options = await read(process.argv.slice(2));
const resources = new AsyncDisposableStack();
for (const [signal, exitCode] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  process.once(signal, () => void resources.disposeAsync().finally(() => process.exit(exitCode)));
}
try {
  await bench(options);
} finally {
  await resources.disposeAsync();
}

async function read(args: readonly string[]): Promise<BenchOptions> {
  try {
    const parsed = parseArguments(args);
    if (parsed === 'fallback-memory') {
      console.log(JSON.stringify({fallbackMemory: await measureFallbackMemory()}));
      process.exit(0);
    }
    if (parsed !== 'help') return parsed;
    console.log(usage);
    process.exit(0);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(`${error.message}\n\n${usage}`);
    process.exit(2);
  }
}

async function bench({rounds, seconds, cycles, profileDirectory}: BenchOptions): Promise<void> {
  const startedAt = performance.now();
  const say = (text: string) =>
    console.log(`${String(Math.round((performance.now() - startedAt) / 1000)).padStart(4)} s  ${text}`);
  const cores = separateCores();
  const directory = await mkdtemp(join(tmpdir(), 'otp-bench-'));
  resources.defer(() => rm(directory, {recursive: true, force: true}));
  const server = resources.use(await startRedis({options: ['--appendonly', 'no']}));
  const redis = new Redis(server.url);
  resources.defer(() => redis.disconnect());
  const installation = await createInstallation(directory, {redis, redisUrl: server.url});
  say('building the service as the image has it');
  const {entry} = await bundleService(join(directory, 'image'));
  const serverOptions = {directory, installation, cores, entry};

  const enter = async (name: ServerName, nodeArguments: readonly string[] = [], graceMs = 0) => {
    const process = await startServer(name, {...serverOptions, nodeArguments});
    resources.defer(() => process.stop(graceMs));
    const contestant = await Contestant.enter(process, {installation, redis, connections});
    resources.defer(() => contestant.leave());
    return contestant;
  };
  say(
    cores === undefined
      ? 'no taskset, or one core: nothing is pinned'
      : `server on core ${cores.server}, all else on ${cores.others}`,
  );
  const profiled = profileDirectory === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${resolve(profileDirectory)}`];
  if (profileDirectory !== undefined) await mkdir(profileDirectory, {recursive: true});
  const contestants: Contestants = {
    service: await enter('service', profiled, profileDirectory === undefined ? 0 : profileGraceMs),
    floor: await enter('floor'),
    bare: await enter('bare'),
  };

  say('warming up');
  await warmUp(contestants, redis);
  say(`throughput: ${rounds} rounds of ${operations.join(', ')}`);
  const turns = await measureThroughput(contestants, {redis, rounds, seconds});
  say('latency at 70 % of each one’s throughput');
  const latencies = await measureLatency(contestants, turns, {redis, rounds, seconds});
  say('what Redis pays');
  const redisCost = await measureRedisCost(contestants.service, redis, installation);
  say(`start-up, and memory after ${cycles} verifications`);
  const startAndMemory = await measureStartAndMemory(serverOptions, {redis, installation, cycles, connections});
  say('what it costs to wait for a replica');
  const replication = await measureReplication(serverOptions, {rounds, seconds, connections});
  say('done');
  console.log(report({turns, latencies, redisCost, startAndMemory, replication, cycles}));
}
