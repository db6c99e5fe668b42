import type {RedisNode} from '../lab/redis-node.ts';
import type {Fault} from './fault.ts';
import {masterUnderAttack} from './master-under-attack.ts';

export const killMasterAndReplica: Fault = {
  name: 'kill-master-and-replica',
  description:
    'SIGKILL to the master and one replica: the last one is promoted and, with nobody to replicate to, takes no writes until one is back',
  on: {
    processes(testbed) {
      const attacked = masterUnderAttack(testbed);
      const {set} = attacked;
      const killed: RedisNode[] = [];
      return {
        async inject() {
          const master = await attacked.choose();
          killed.push(master, ...attacked.replicas.slice(0, 1));
          await Promise.all(killed.map((node) => node.kill()));
        },
        isInEffect: async () => {
          const pings = await Promise.all(killed.map((node) => node.ping()));
          return killed.length === 2 && pings.every((ping) => ping === 'refused');
        },
        async heal() {
          if (!attacked.chosen) return;
          await set.settled({former: attacked.master, replicas: 0});
          await Promise.all(killed.map((node) => set.restart(node)));
          await set.settled({replicas: 2});
        },
      };
    },
  },
};
