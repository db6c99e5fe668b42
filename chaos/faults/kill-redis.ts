import {singleRedisOf} from '../executors/process-testbed.ts';
import type {Fault} from './fault.ts';

export const killRedis: Fault = {
  name: 'kill-redis',
  description: 'SIGKILL to the only Redis; healed by a start, on the data that it left if it keeps any',
  on: {
    processes(testbed) {
      const redis = singleRedisOf(testbed);
      return {
        inject: () => redis.kill(),
        isInEffect: async () => (await redis.ping()) === 'refused',
        heal: () => redis.start(),
      };
    },
  },
};
