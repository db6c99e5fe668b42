import type {Fault} from './fault.ts';

export const killRedis: Fault = {
  name: 'kill-redis',
  description: 'SIGKILL to Redis; healed by a start on the same data',
  executors: ['processes'],
  inject: ({redis}) => redis.kill(),
  isInEffect: async ({redis}) => (await redis.ping()) === 'refused',
  heal: ({redis}) => redis.start(),
};
