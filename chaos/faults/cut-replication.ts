import {setTimeout as sleep} from 'node:timers/promises';
import {networkOf} from '../executors/process-testbed.ts';
import type {Link} from '../lab/toxiproxy.ts';
import type {Fault} from './fault.ts';
import {masterUnderAttack} from './master-under-attack.ts';

// Far longer than a change needs to a replica of the same machine.
const ON_ITS_WAY_MS = 200;

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
          // What the master writes reaches nobody, however long one waits. For a moment every replica is behind, and gets on all the same.
          const reached = () =>
            Promise.all(
              attacked.replicas.map(async (node) => Number((await node.info('replication')).slave_repl_offset)),
            );
          const before = await reached();
          const {master_repl_offset: written} = await attacked.master.info('replication');
          await sleep(ON_ITS_WAY_MS);
          // Who got no processor in all that time may answer before it reads what has come; who answers again has read it.
          await reached();
          const after = await reached();
          return after.every((offset, index) => offset < Number(written) && offset === before[index]);
        },
        async heal() {
          await Promise.all(links.map((link) => link.mend()));
          if (attacked.chosen) await attacked.set.settled({replicas: 2});
        },
      };
    },
  },
};
