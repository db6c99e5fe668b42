import {singleRedisOf} from '../executors/process-testbed.ts';
import type {Fault} from './fault.ts';

export const freezeRedis: Fault = {
  name: 'freeze-redis',
  description: 'SIGSTOP to the only Redis: connections stay open, nothing is answered; healed by SIGCONT',
  on: {
    processes(testbed) {
      const redis = singleRedisOf(testbed);
      return {
        inject: async () => redis.freeze(),
        isInEffect: async () => (await redis.ping()) === 'silent',
        async heal() {
          redis.thaw();
          await redis.start();
        },
      };
    },
  },
};
