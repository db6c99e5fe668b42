import {randomInt} from 'node:crypto';
import {networkOf, replicatedSetOf} from '../executors/process-testbed.ts';
import type {Link} from '../lab/toxiproxy.ts';
import type {Fault} from './fault.ts';

// Long enough for a new connection to be there before the next is lost.
const EVERY_MS = 500;
const ROUNDS = 6;
const ON_THE_WAY_MS = 60;

export const resetConnections: Fault = {
  name: 'reset-connections',
  description: `every ${EVERY_MS} ms all connections of one process of the service to Redis are reset, with whatever was on its way; each answer is on its way for ${ON_THE_WAY_MS} ms`,
  on: {
    processes(testbed) {
      const network = networkOf(testbed);
      const {nodes} = replicatedSetOf(testbed);
      const {instances} = testbed.fleet;
      const links = new Map<string, Link[]>();
      let resets = 0;
      let over = false;
      const reset = async () => {
        const {name} = instances[randomInt(instances.length)] ?? {name: ''};
        await Promise.all((links.get(name) ?? []).map((link) => link.reset()));
        resets++;
      };
      return {
        async inject() {
          for (const {name: from} of instances)
            links.set(from, await Promise.all(nodes.map(({name: to}) => network.link(from, to))));
          // Whatever is answered is on its way for so long, executed and unknown to who asked.
          await Promise.all([...links.values()].flat().map((link) => link.delay(ON_THE_WAY_MS)));
          await reset();
        },
        isInEffect: async () => resets > 0 && !over,
        async during({pause, note}) {
          for (let round = 0; round < ROUNDS; round++) {
            await pause(EVERY_MS);
            await reset();
          }
          note(`${resets} resets`);
        },
        async heal() {
          over = true;
          await Promise.all([...links.values()].flat().map((link) => link.mend()));
        },
      };
    },
  },
};
