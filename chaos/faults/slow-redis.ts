import {networkOf, replicatedSetOf} from '../executors/process-testbed.ts';
import {pingRedis} from '../lab/ping-redis.ts';
import type {Link} from '../lab/toxiproxy.ts';
import type {Fault} from './fault.ts';

/** Every answer of every Redis comes so much later to the service; the sentinels, who have their own links, see nothing of it. */
export function slowRedis(delayMs: number): Fault {
  return {
    name: `slow-redis-${delayMs}`,
    description: `each answer of Redis takes ${delayMs} ms longer to the service`,
    on: {
      processes(testbed) {
        const network = networkOf(testbed);
        const {nodes} = replicatedSetOf(testbed);
        const links: Link[] = [];
        return {
          async inject() {
            for (const {name: from} of testbed.fleet.instances)
              for (const {name: to} of nodes) links.push(await network.link(from, to));
            await Promise.all(links.map((link) => link.delay(delayMs)));
          },
          async isInEffect() {
            const slow = await Promise.all(
              links.map(async ({port}) => {
                const startMs = performance.now();
                return (
                  (await pingRedis(port, 2 * delayMs + 1_000)) === 'answered' && performance.now() - startMs >= delayMs
                );
              }),
            );
            return slow.length > 0 && slow.every(Boolean);
          },
          async heal() {
            await Promise.all(links.map((link) => link.mend()));
          },
        };
      },
    },
  };
}
