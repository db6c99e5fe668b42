import {clusterOf} from '../executors/process-testbed.ts';
import type {Fault} from './fault.ts';

export const killShardMaster: Fault = {
  name: 'kill-shard-master',
  description:
    'SIGKILL to the master of one shard of a cluster; it comes back as the replica of the one that took over',
  on: {
    processes(testbed) {
      const cluster = clusterOf(testbed);
      const [shard] = cluster.shards;
      if (!shard) throw new Error('a cluster without shards');
      return {
        inject: () => shard.master.kill(),
        isInEffect: async () => (await shard.master.ping()) === 'refused',
        async heal() {
          await cluster.settled({leader: shard.replica});
          await shard.master.start();
          await cluster.settled();
        },
      };
    },
  },
};
