import calculateSlot from 'cluster-key-slot';
import type {Redis} from 'ioredis';
import type {Endpoint} from './target.ts';

/** Which master has which slot; undefined: nobody. */
export type SlotMap = readonly (Endpoint | undefined)[];

/** The reply of `CLUSTER SLOTS`: from, to, the master, replicas. */
type SlotRanges = readonly (readonly [number, number, readonly [host: string | null, port: number], ...unknown[]])[];

const slotCount = 16_384;

export function slotOf(key: string): number {
  return calculateSlot(key);
}

/** The map of a server, as it sees the cluster. */
export async function readSlots(redis: Redis): Promise<SlotMap> {
  const ranges = (await redis.cluster('SLOTS')) as unknown as SlotRanges;
  const map = new Array<Endpoint | undefined>(slotCount).fill(undefined);
  for (const [from, to, [host, port]] of ranges) {
    // Of a master that another node has replaced at its address.
    if (port === 0) continue;
    // A node that does not know its own name leaves it out.
    map.fill({host: host || String(redis.options.host), port}, from, to + 1);
  }
  return map;
}
