import {existsSync} from 'node:fs';
import {rm, writeFile} from 'node:fs/promises';
import type {Fault} from './fault.ts';
import {masterUnderAttack} from './master-under-attack.ts';

export const loseNamesAndMaster: Fault = {
  name: 'lose-names-and-master',
  description:
    'the service can resolve no name any more, neither of sentinels nor of its peers, and the master dies; names come back when another has long taken over',
  on: {
    processes(testbed) {
      const attacked = masterUnderAttack(testbed);
      const {set} = attacked;
      const namesFile = testbed.fleet.namesFile;
      return {
        async inject() {
          await rm(namesFile);
          await (await attacked.choose()).kill();
        },
        isInEffect: async () =>
          attacked.chosen && !existsSync(namesFile) && (await attacked.master.ping()) === 'refused',
        async heal() {
          await writeFile(namesFile, '');
          if (!attacked.chosen) return;
          await set.settled({former: attacked.master});
          await set.restart(attacked.master);
          await set.settled({replicas: 2});
        },
      };
    },
  },
};
