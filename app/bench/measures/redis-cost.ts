import type {Redis} from 'ioredis';
import {parseId} from '../../domain/verification-id.ts';
import {keysOf} from '../../store/keys.ts';
import {addressOf} from '../../usecases/context.ts';
import type {Contestant, Operation} from '../contestant.ts';
import type {Installation} from '../installation.ts';
import {median} from '../statistics.ts';

export interface RedisCost {
  /** Commands that the service sends a request, whichever of create and check has more. */
  readonly roundTrips: number;
  /** Redis' CPU time for a create and a check, all that it does for each. */
  readonly cpuMicros: {readonly create: number; readonly check: number};
  readonly bytesPerPending: {readonly verification: number; readonly recipient: number};
}

/** Long enough that what Redis does beside, ten times a second, does not count. */
const samples = 3;
const sampleSize = 2000;
const connections = 64;
const sizedRecords = 300;
const tracedRequests = 100;

/** What the service costs Redis. */
export async function measureRedisCost(
  service: Contestant,
  redis: Redis,
  installation: Installation,
): Promise<RedisCost> {
  const cost: Record<'create' | 'checkRight', number[]> = {create: [], checkRight: []};
  for (let sample = 0; sample < samples; sample++) {
    await redis.flushdb('SYNC');
    for (const operation of ['create', 'checkRight'] as const) {
      const before = await cpuMicrosOf(redis);
      await service.repeat(operation, sampleSize, connections);
      cost[operation].push(((await cpuMicrosOf(redis)) - before) / sampleSize);
    }
  }
  await service.repeat('create', sizedRecords, connections);
  const bytesPerPending = await bytesOf(redis, installation, service.pendingIds);
  const ofCheck = await commandsPerRequest(redis, service, 'checkRight');
  await redis.flushdb('SYNC');
  const ofCreate = await commandsPerRequest(redis, service, 'create');
  return {
    roundTrips: Math.max(ofCheck, ofCreate),
    cpuMicros: {create: median(cost.create), check: median(cost.checkRight)},
    bytesPerPending,
  };
}

/**
 * CPU time of the whole Redis process, in µs: reading a request, its script, and the answer. What `commandstats` tells is
 * time by the clock, which goes on while others have the core: on a busy machine it came to three times as much.
 */
async function cpuMicrosOf(redis: Redis): Promise<number> {
  const info = await redis.info('cpu');
  const seconds = (name: string) => Number(new RegExp(`^${name}:([\\d.]+)`, 'm').exec(info)?.[1]);
  return (seconds('used_cpu_user') + seconds('used_cpu_sys')) * 1e6;
}

/** Mean bytes of the two records that a pending verification consists of, by Redis' own account. */
async function bytesOf(
  redis: Redis,
  {keyring}: Installation,
  ids: readonly string[],
): Promise<RedisCost['bytesPerPending']> {
  const sum = {verification: 0, recipient: 0};
  for (const id of ids) {
    const parsed = parseId(keyring, id);
    if (parsed.kind !== 'ref') throw new Error(`not an id: ${id}`);
    const keys = keysOf(addressOf(parsed.ref));
    for (const part of ['verification', 'recipient'] as const) {
      const bytes = await redis.memory('USAGE', keys[part], 'SAMPLES', 0);
      if (bytes === null) throw new Error(`no record ${keys[part]}`);
      sum[part] += bytes;
    }
  }
  return {verification: sum.verification / ids.length, recipient: sum.recipient / ids.length};
}

/**
 * How many commands Redis gets a request: one request after the other, under MONITOR. Of all the counts the median, since
 * the service's worker sends some of its own meanwhile.
 */
async function commandsPerRequest(redis: Redis, service: Contestant, operation: Operation): Promise<number> {
  // On a connection of its own; what scripts call shows as from "lua".
  const monitor = await redis.monitor();
  let seen = 0;
  let onMark: (() => void) | undefined;
  const mark = 'bench-mark';
  monitor.on('monitor', (_time: string, [command, argument]: string[], source: string) => {
    if (argument === mark) onMark?.();
    else if (source !== 'lua' && command !== undefined && !/^(xrange|echo)$/i.test(command)) seen++;
  });
  const settled = async () => {
    const marked = new Promise<void>((resolve) => {
      onMark = resolve;
    });
    await redis.echo(mark);
    await marked;
  };
  try {
    const counts: number[] = [];
    for (let i = 0; i < tracedRequests; i++) {
      await settled();
      seen = 0;
      await service.repeat(operation, 1, 1);
      await settled();
      counts.push(seen);
    }
    return median(counts);
  } finally {
    monitor.disconnect();
  }
}
