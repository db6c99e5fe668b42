import type {Environment} from '../environment/schema.ts';

/** Buffers of clients and of the append-only file, code, fragmentation. */
const overheadMiB = 64;

/** While Redis rewrites its append-only file, a forked process may touch every page once more: twice the data. */
export function redisPodResources({redis}: Environment) {
  return {
    cpuRequestMillis: redis.cpuRequestMillis,
    memoryRequestMiB: redis.maxMemoryMiB + overheadMiB,
    memoryLimitMiB: 2 * redis.maxMemoryMiB + overheadMiB,
  };
}
