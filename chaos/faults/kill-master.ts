import type {Fault} from './fault.ts';
import {loseMasterPod} from './lose-master-pod.ts';
import {masterUnderAttack} from './master-under-attack.ts';

export const killMaster: Fault = {
  name: 'kill-master',
  description: 'the master dies without a word; it comes back as a replica once another has taken over',
  on: {
    processes(testbed) {
      const attacked = masterUnderAttack(testbed);
      const {set} = attacked;
      return {
        async inject() {
          await (await attacked.choose()).kill();
        },
        isInEffect: async () => attacked.chosen && (await attacked.master.ping()) === 'refused',
        async heal() {
          if (!attacked.chosen) return;
          await set.settled({former: attacked.master});
          await set.restart(attacked.master);
          await set.settled({replicas: 2});
        },
      };
    },
    kubernetes: (testbed) => loseMasterPod(testbed, 0),
  },
};
