import type {Fault} from './fault.ts';
import {masterUnderAttack} from './master-under-attack.ts';

export const lagReplicas: Fault = {
  name: 'lag-replicas',
  description: 'SIGSTOP to both replicas: what the master executes is on the master alone; healed by SIGCONT',
  on: {
    processes(testbed) {
      const attacked = masterUnderAttack(testbed);
      return {
        async prelude() {
          await attacked.choose();
        },
        async inject() {
          for (const replica of attacked.replicas) replica.freeze();
        },
        async isInEffect() {
          if (!attacked.chosen) return false;
          const frozen = await Promise.all(attacked.replicas.map((replica) => replica.isFrozen()));
          return frozen.every(Boolean) && (await attacked.master.ping()) === 'answered';
        },
        async heal() {
          if (!attacked.chosen) return;
          for (const replica of attacked.replicas) replica.thaw();
          await attacked.set.settled({replicas: 2});
        },
      };
    },
  },
};
