import {networkOf} from '../executors/process-testbed.ts';
import type {Link} from '../lab/toxiproxy.ts';
import type {Fault} from './fault.ts';
import {masterUnderAttack} from './master-under-attack.ts';

export const cutMasterFromSentinels: Fault = {
  name: 'cut-master-from-sentinels',
  description:
    'no sentinel reaches the master any more, while the service and the replicas do: another is promoted, and for a moment both are masters',
  on: {
    processes(testbed) {
      const network = networkOf(testbed);
      const attacked = masterUnderAttack(testbed);
      const {set} = attacked;
      const links: Link[] = [];
      return {
        // Detection, election, promotion: with 5 s until a master counts as down, up to 9 s were seen.
        effectMs: 20_000,
        async inject() {
          const master = await attacked.choose();
          for (const {name} of set.sentinels) links.push(await network.link(name, master.name));
          await Promise.all(links.map((link) => link.silence()));
        },
        // The sentinels have moved on, and the old master knows nothing of it.
        async isInEffect() {
          if (!attacked.chosen || (await set.master()) === attacked.master) return false;
          return (await attacked.master.info('replication')).role === 'master';
        },
        async heal() {
          await Promise.all(links.map((link) => link.mend()));
          if (attacked.chosen) await set.settled({former: attacked.master});
        },
      };
    },
  },
};
