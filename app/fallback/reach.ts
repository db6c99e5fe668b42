import {partitionCount, partitions} from '../domain/pseudonym.ts';

/** What a process reaches of the store, as it tells its peers. */
export interface Reach {
  /** Whether it reaches all of it. */
  readonly reachesStore: boolean;
  /** Where it reaches some of it: the partitions that it does not reach, a bit each, as `partitionCount` / 4 hexadecimal digits. */
  readonly unreached?: string;
}

const all = (1n << BigInt(partitionCount)) - 1n;
const digits = partitionCount / 4;
const mask = new RegExp(`^[0-9a-f]{${digits}}$`);

export function reachOf(isAway: (partition: number) => boolean): Reach {
  let away = 0n;
  for (const partition of partitions) if (isAway(partition)) away |= 1n << BigInt(partition);
  const isPartial = away !== 0n && away !== all;
  return {reachesStore: away === 0n, ...(isPartial ? {unreached: away.toString(16).padStart(digits, '0')} : {})};
}

/** One of another version of the service, which tells of no partitions, reaches all of the store or nothing. */
export function reaches({reachesStore, unreached}: Reach, partition: number): boolean {
  if (reachesStore || unreached === undefined) return reachesStore;
  return ((BigInt(`0x${unreached}`) >> BigInt(partition)) & 1n) === 0n;
}

export function isMask(value: unknown): value is string {
  return typeof value === 'string' && mask.test(value);
}
