import type {Fault} from './fault.ts';
import {masterUnderAttack} from './master-under-attack.ts';

export const freezeMaster: Fault = {
  name: 'freeze-master',
  description:
    'SIGSTOP to the master, and SIGCONT when another has taken over: it wakes up and takes itself for the master',
  on: {
    processes(testbed) {
      const attacked = masterUnderAttack(testbed);
      const {set} = attacked;
      return {
        async inject() {
          (await attacked.choose()).freeze();
        },
        isInEffect: async () => attacked.chosen && (await attacked.master.ping()) === 'silent',
        async heal() {
          if (!attacked.chosen) return;
          try {
            await set.settled({former: attacked.master});
          } finally {
            attacked.master.thaw();
          }
        },
      };
    },
  },
};
