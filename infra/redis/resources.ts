import type {Environment} from '../environment/schema.ts';
import {backlogMiB} from './files.ts';
import {replicas} from './names.ts';

export interface ContainerResources {
  readonly cpuRequestMillis: number;
  readonly memoryRequestMiB: number;
  readonly memoryLimitMiB: number;
}

/** Buffers of clients, of replicas and of the append-only file, code, fragmentation. */
const overheadMiB = 64;

const sentinel: ContainerResources = {cpuRequestMillis: 50, memoryRequestMiB: 32, memoryLimitMiB: 96};
const exporter: ContainerResources = {cpuRequestMillis: 20, memoryRequestMiB: 32, memoryLimitMiB: 96};

/** While Redis rewrites its append-only file, a forked process may touch every page once more: twice the data. */
export function redisResources({redis}: Environment): Record<'redis' | 'sentinel' | 'exporter', ContainerResources> {
  const besides = overheadMiB + (redis.mode === 'replicated' ? backlogMiB : 0);
  return {
    redis: {
      cpuRequestMillis: redis.cpuRequestMillis,
      memoryRequestMiB: redis.maxMemoryMiB + besides,
      memoryLimitMiB: 2 * redis.maxMemoryMiB + besides,
    },
    sentinel,
    exporter,
  };
}

/** How many pods the stack has, and what one of them asks for. */
export function redisPods(environment: Environment): {pods: number} & ContainerResources {
  const {redis, sentinel, exporter} = redisResources(environment);
  const sum = (containers: readonly ContainerResources[]): ContainerResources => ({
    cpuRequestMillis: containers.reduce((total, each) => total + each.cpuRequestMillis, 0),
    memoryRequestMiB: containers.reduce((total, each) => total + each.memoryRequestMiB, 0),
    memoryLimitMiB: containers.reduce((total, each) => total + each.memoryLimitMiB, 0),
  });
  switch (environment.redis.mode) {
    case 'replicated':
      return {pods: replicas, ...sum([redis, sentinel, exporter])};
    case 'single':
      return {pods: 1, ...sum([redis, exporter])};
    case 'external':
      return {pods: 0, ...sum([])};
  }
}
