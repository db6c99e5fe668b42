import {networkOf} from '../executors/process-testbed.ts';
import type {Link} from '../lab/toxiproxy.ts';
import type {Fault} from './fault.ts';
import {masterUnderAttack} from './master-under-attack.ts';

export const cutReplication: Fault = {
  name: 'cut-replication',
  description:
    'nothing passes between the master and its replicas any more, both ways; everybody else reaches all of them',
  on: {
    processes(testbed) {
      const network = networkOf(testbed);
      const attacked = masterUnderAttack(testbed);
      const links: Link[] = [];
      return {
        async inject() {
          const master = await attacked.choose();
          for (const {name} of attacked.replicas) links.push(await network.link(name, master.name));
          await Promise.all(links.map((link) => link.silence()));
        },
        async isInEffect() {
          if (!attacked.chosen) return false;
          // What the master writes reaches nobody: the offsets part.
          const offsets = await Promise.all(
            [attacked.master, ...attacked.replicas].map(
              async (node) => (await node.info('replication')).master_repl_offset,
            ),
          );
          return offsets.slice(1).every((offset) => Number(offset) < Number(offsets[0]));
        },
        async heal() {
          await Promise.all(links.map((link) => link.mend()));
          if (attacked.chosen) await attacked.set.settled({replicas: 2});
        },
      };
    },
  },
};
