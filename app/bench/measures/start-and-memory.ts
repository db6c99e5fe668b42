import {setTimeout as delay} from 'node:timers/promises';
import type {Redis} from 'ioredis';
import {Contestant} from '../contestant.ts';
import type {Installation} from '../installation.ts';
import {residentMb} from '../process-usage.ts';
import {type ServerOptions, startServer} from '../servers/server-process.ts';

export interface StartAndMemory {
  /** One a start. */
  readonly coldStartsMs: readonly number[];
  readonly idleMb: number | undefined;
  /** After the cycles. */
  readonly afterMb: number | undefined;
}

const starts = 5;
/** Time for what a start leaves behind to be collected. */
const idleAfterMs = 3000;
const batch = 2000;

/** Starts the service again and again, then lets the last one create and approve `cycles` verifications. */
export async function measureStartAndMemory(
  options: ServerOptions,
  {
    redis,
    installation,
    cycles,
    connections,
  }: {redis: Redis; installation: Installation; cycles: number; connections: number},
): Promise<StartAndMemory> {
  const coldStartsMs: number[] = [];
  for (let start = 1; start < starts; start++) {
    const server = await startServer('service', options);
    coldStartsMs.push(server.coldStartMs);
    await server.stop();
  }
  const server = await startServer('service', options);
  coldStartsMs.push(server.coldStartMs);
  await delay(idleAfterMs);
  const idleMb = residentMb(server.pid);
  const contestant = await Contestant.enter(server, {installation, redis, connections});
  for (let done = 0; done < cycles; done += batch) {
    await redis.flushdb('SYNC');
    server.emptyLog();
    const count = Math.min(batch, cycles - done);
    await contestant.repeat('create', count, connections);
    await contestant.repeat('checkRight', count, connections);
  }
  const afterMb = residentMb(server.pid);
  contestant.leave();
  await server.stop();
  return {coldStartsMs, idleMb, afterMb};
}
