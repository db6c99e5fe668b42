import {setTimeout as sleep} from 'node:timers/promises';
import type {Fault} from './fault.ts';
import {masterUnderAttack} from './master-under-attack.ts';

const PAUSE_MS = 1_000;

export const loseSentinelMajority: Fault = {
  name: 'lose-sentinel-majority',
  description:
    'SIGKILL to two of three sentinels, a second later to the master: nobody may promote another until the sentinels are back',
  on: {
    processes(testbed) {
      const attacked = masterUnderAttack(testbed);
      const {set} = attacked;
      const lost = set.sentinels.slice(1);
      return {
        async prelude() {
          await attacked.choose();
          await Promise.all(lost.map((sentinel) => sentinel.kill()));
          await sleep(PAUSE_MS);
        },
        inject: () => attacked.master.kill(),
        async isInEffect() {
          if (!attacked.chosen || (await attacked.master.ping()) !== 'refused') return false;
          return (await set.master()) === attacked.master;
        },
        async heal() {
          if (!attacked.chosen) return;
          await Promise.all(lost.map((sentinel) => sentinel.resume()));
          await set.settled({former: attacked.master});
          await set.restart(attacked.master);
          await set.settled({replicas: 2});
        },
      };
    },
  },
};
