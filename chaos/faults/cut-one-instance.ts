import {networkOf, replicatedSetOf} from '../executors/process-testbed.ts';
import {pingRedis} from '../lab/ping-redis.ts';
import type {Link} from '../lab/toxiproxy.ts';
import type {Fault} from './fault.ts';

export const cutOneInstance: Fault = {
  name: 'cut-one-instance',
  description:
    'one process of the service reaches neither Redis nor sentinels any more; the others, and the way between them, are well',
  on: {
    processes(testbed) {
      const network = networkOf(testbed);
      const set = replicatedSetOf(testbed);
      const [lonely] = testbed.fleet.instances;
      const links: Link[] = [];
      return {
        async inject() {
          for (const {name} of [...set.nodes, ...set.sentinels])
            links.push(await network.link(lonely?.name ?? '', name));
          await Promise.all(links.map((link) => link.silence()));
        },
        async isInEffect() {
          const pings = await Promise.all(links.map((link) => pingRedis(link.port, 300)));
          return pings.length > 0 && pings.every((ping) => ping === 'silent');
        },
        async heal() {
          await Promise.all(links.map((link) => link.mend()));
        },
      };
    },
  },
};
