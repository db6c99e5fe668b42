import {once} from 'node:events';
import {setTimeout as delay} from 'node:timers/promises';
import type {Redis} from 'ioredis';
import {partitions} from '../../domain/pseudonym.ts';
import {lineageKey} from '../keys.ts';
import {lineageIn} from './replication-info.ts';
import type {RedisServers} from './servers.ts';
import {readSlots, type SlotMap, slotOf} from './slots.ts';
import {formatEndpoint, isSameEndpoint} from './target.ts';

/** Longer than any code lives. */
const knownMs = 86_400_000;
const connectMs = 1000;
const mostTries = 10;
const pauseMs = 50;

/** Partitions that one server has given to another. */
export interface SlotMove {
  readonly partitions: readonly number[];
  readonly from: RedisServers;
  readonly to: RedisServers;
}

/** What has moved from a server to another between two maps. */
export function movesBetween(
  before: SlotMap,
  after: SlotMap,
  serverAt: (address: string) => RedisServers | undefined,
): SlotMove[] {
  const moves = new Map<string, {partitions: number[]; from: RedisServers; to: RedisServers}>();
  for (const partition of partitions) {
    const [old, current] = [before, after].map((map) => map[slotOf(lineageKey(partition))]);
    if (old === undefined || current === undefined || isSameEndpoint(old, current)) continue;
    const [from, to] = [serverAt(formatEndpoint(old)), serverAt(formatEndpoint(current))];
    if (from === undefined || to === undefined) continue;
    const name = `${formatEndpoint(old)} ${formatEndpoint(current)}`;
    const move = moves.get(name) ?? {partitions: [], from, to};
    move.partitions.push(partition);
    moves.set(name, move);
  }
  return [...moves.values()];
}

/**
 * Lets codes stay good whose slot has been moved: nothing is missing at its new server. That is so where the old server is
 * a master still, with its lineage, and says itself that the slot is the other's: it has handed it over. One that is gone,
 * or that has been replaced, says nothing of the kind, and its codes are lost.
 */
export async function continueLineage({partitions, from, to}: SlotMove): Promise<void> {
  const [old, current] = [from.connection(''), to.connection('')];
  // A server that had no slots before has just been connected to.
  if (current.status !== 'ready') await once(current, 'ready', {signal: AbortSignal.timeout(connectMs)});
  const [oldLineage, lineage, theirs] = await Promise.all([lineageOf(old), lineageOf(current), readSlots(old)]);
  if (oldLineage === undefined || lineage === undefined) return;
  const there = {host: String(current.options.host), port: Number(current.options.port)};
  for (const partition of partitions) {
    const key = lineageKey(partition);
    const owner = theirs[slotOf(key)];
    if (isSameEndpoint(owner, there))
      await persistently(() => to.run({name: 'continue', keys: [key], args: [lineage, oldLineage, knownMs]}));
  }
}

async function persistently(run: () => Promise<unknown>): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await run();
      return;
    } catch (error) {
      if (tries === mostTries) throw error;
      await delay(pauseMs);
    }
  }
}

/** Of a master; undefined of a replica. */
async function lineageOf(redis: Redis): Promise<string | undefined> {
  const info = await redis.info('replication');
  return info.includes('role:master') ? lineageIn(info) : undefined;
}
