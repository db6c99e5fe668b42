import type {Fault} from './fault.ts';

export const freezeRedis: Fault = {
  name: 'freeze-redis',
  description: 'SIGSTOP to Redis: connections stay open, nothing is answered; healed by SIGCONT',
  executors: ['processes'],
  inject: async ({redis}) => redis.freeze(),
  isInEffect: async ({redis}) => (await redis.ping()) === 'silent',
  async heal({redis}) {
    redis.thaw();
    await redis.start();
  },
};
