import {randomInt} from 'node:crypto';
import {once} from 'node:events';
import {connect, type Socket} from 'node:net';
import {networkOf, replicatedSetOf} from '../executors/process-testbed.ts';
import type {Link} from '../lab/toxiproxy.ts';
import type {Fault} from './fault.ts';

// Long enough for a new connection to be there before the next is lost.
const EVERY_MS = 500;
const ROUNDS = 6;
const ON_THE_WAY_MS = 60;

// Until a connection that was reset is seen to be.
const ENDED_MS = 1_000;

async function connectionTo(port: number): Promise<Socket> {
  const socket = connect({host: '127.0.0.1', port});
  await once(socket, 'connect');
  // A reset is what is waited for.
  return socket.on('error', () => {}).resume();
}

/** @throws Error when the connection outlives the reset. */
async function ended(socket: Socket): Promise<void> {
  try {
    if (!socket.closed) await once(socket, 'close', {signal: AbortSignal.timeout(ENDED_MS)});
  } catch {
    throw new Error(`a connection to port ${socket.remotePort} was not reset`);
  } finally {
    socket.destroy();
  }
}

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
        const ways = links.get(name) ?? [];
        const open = await Promise.all(ways.map(({port}) => connectionTo(port)));
        await Promise.all(ways.map((link) => link.reset()));
        // One beside those of the service on each way: what has become of them has become of it.
        await Promise.all(open.map((socket) => ended(socket)));
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
          // toxiproxy hangs where a delay is taken back from a connection that was just reset with answers on their way.
          await pause(EVERY_MS);
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
