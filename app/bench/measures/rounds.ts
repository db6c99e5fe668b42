import type {Redis} from 'ioredis';
import {type Contestant, type Operation, operations, type Turn} from '../contestant.ts';
import {median, quantile} from '../statistics.ts';

export type Contestants = Readonly<Record<'service' | 'floor' | 'bare', Contestant>>;
type Name = keyof Contestants;

/** Turns of each contestant, one a round. */
export type Turns = Record<Operation, Record<Name, Turn[]>>;

interface Latency {
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** p99 of how late the generator was. */
  readonly latenessMs: number;
}
export type Latencies = Record<Operation, Record<'service' | 'floor', Latency[]>>;

const names: readonly Name[] = ['service', 'floor', 'bare'];
const paced = ['service', 'floor'] as const;
/** Of what a server takes at most: the load at which latency is looked at. */
const pacedShare = 0.7;

/** By count and not by time: on a busy machine code takes longer to be called often enough to be compiled. */
const warmUpRequests = 3000;
const warmUpConnections = 64;

/** Lets the servers' code be compiled. */
export async function warmUp(contestants: Contestants, redis: Redis): Promise<void> {
  await beginRound(contestants, redis);
  for (const operation of operations)
    for (const name of names) await contestants[name].repeat(operation, warmUpRequests, warmUpConnections);
}

/** Service, floor and bare in turn, in another order each round, so that what disturbs the machine disturbs all alike. */
export async function measureThroughput(
  contestants: Contestants,
  {redis, rounds, seconds}: {redis: Redis; rounds: number; seconds: number},
): Promise<Turns> {
  const turns = perOperation(() => ({service: [], floor: [], bare: []})) as Turns;
  for (let round = 0; round < rounds; round++) {
    await beginRound(contestants, redis);
    for (const operation of operations) {
      for (const name of rotated(names, round))
        turns[operation][name].push(await contestants[name].saturate(operation, seconds));
    }
  }
  return turns;
}

/** Latency at 70 % of each server's own throughput: service and floor equally busy. */
export async function measureLatency(
  contestants: Contestants,
  turns: Turns,
  {redis, rounds, seconds}: {redis: Redis; rounds: number; seconds: number},
): Promise<Latencies> {
  const latencies = perOperation(() => ({service: [], floor: []})) as Latencies;
  for (let round = 0; round < rounds; round++) {
    await beginRound(contestants, redis);
    for (const operation of operations) {
      for (const name of rotated(paced, round)) {
        const rate = pacedShare * median(turns[operation][name].map(({rps}) => rps));
        const {latenciesMs, latenessMs} = await contestants[name].pace(operation, rate, seconds);
        latencies[operation][name].push({
          p50Ms: quantile(latenciesMs, 0.5),
          p99Ms: quantile(latenciesMs, 0.99),
          latenessMs: quantile(latenessMs, 0.99),
        });
      }
    }
  }
  return latencies;
}

/** Nothing of earlier rounds is left in Redis or in the logs: every round meets the same. */
async function beginRound(contestants: Contestants, redis: Redis): Promise<void> {
  await redis.flushdb('SYNC');
  for (const name of names) contestants[name].server.emptyLog();
}

function rotated<T>(list: readonly T[], by: number): T[] {
  const start = by % list.length;
  return [...list.slice(start), ...list.slice(0, start)];
}

function perOperation<T>(make: () => T): Record<Operation, T> {
  return {create: make(), status: make(), checkWrong: make(), checkRight: make()};
}
