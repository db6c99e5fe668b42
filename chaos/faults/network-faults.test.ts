import {once} from 'node:events';
import {type AddressInfo, createServer, type Socket} from 'node:net';
import {afterAll, beforeAll, expect, test} from 'vitest';
import type {ProcessTestbed} from '../executors/process-testbed.ts';
import {type ReplicatedSet, startReplicatedSet} from '../lab/replicated-set.ts';
import type {ServiceInstance} from '../lab/service-instance.ts';
import type {Link} from '../lab/toxiproxy.ts';
import {waitUntil} from '../lab/wait-until.ts';
import {testbedOf} from '../testing/testbed.ts';
import {cutOneInstance} from './cut-one-instance.ts';
import {cutReplication} from './cut-replication.ts';
import type {Fault} from './fault.ts';
import {resetConnections} from './reset-connections.ts';
import {slowRedis} from './slow-redis.ts';

let cleanup: AsyncDisposableStack;
let set: ReplicatedSet;
beforeAll(async () => {
  cleanup = new AsyncDisposableStack();
  // No master is replaced that is only slow.
  set = cleanup.use(await startReplicatedSet({downAfterMs: 60_000}));
}, 60_000);
afterAll(() => cleanup.disposeAsync());

/** The fault where the first of the ways does what it should, by its own word, and the others do nothing. */
function hardlyBrokenBy(fault: Fault, first?: Partial<Link>) {
  let links = 0;
  const link = async (_from: string, to: string): Promise<Link> => {
    const port = [...set.nodes, ...set.sentinels].find(({name}) => name === to)?.port ?? 0;
    const nothing = async () => {};
    const disturbed = links++ === 0 ? first : {};
    return {port, cut: nothing, silence: nothing, delay: nothing, reset: nothing, mend: nothing, ...disturbed};
  };
  const testbed: ProcessTestbed = {
    ...testbedOf({kind: 'replicated', set}),
    fleet: {...testbedOf({kind: 'replicated', set}).fleet, instances: [{name: 'app-0'} as ServiceInstance]},
    network: {
      link,
      publish: async () => ({host: '', port: 0}),
      sourceAddressOf: () => '',
      ...new AsyncDisposableStack(),
    },
  };
  const inHand = fault.on.processes?.(testbed);
  if (!inHand) throw new Error(`${fault.name} can't be done to processes`);
  return inHand;
}

/** A port behind which a PING is answered so late, or not at all. */
async function answering(pong: (socket: Socket) => void): Promise<Partial<Link>> {
  const server = createServer((socket) => socket.on('error', () => {}).on('data', () => pong(socket)));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  cleanup.defer(() => void server.close());
  return {port: (server.address() as AddressInfo).port};
}

test('replicas that are a moment behind are not cut off', async () => {
  const inHand = hardlyBrokenBy(cutReplication);
  await inHand.inject();
  const master = await set.master();
  // A master sends a new replica nothing before that has acknowledged its copy.
  await master.command('SET', 'first', '1');
  await waitUntil('the first change at the replicas', 30_000, async () =>
    (await Promise.all(set.nodes.map((node) => node.command('GET', 'first')))).every((value) => value === '1'),
  );
  const seen: boolean[] = [];
  let over = false;
  const writing = (async () => {
    while (!over) await Promise.all(Array.from({length: 50}, () => master.command('INCR', 'written')));
  })();
  for (let look = 0; look < 6; look++) seen.push(await inHand.isInEffect());
  over = true;
  await writing;
  expect(seen).not.toContain(true);
});

test('a process that one way is cut of still reaches the others', async () => {
  const inHand = hardlyBrokenBy(cutOneInstance, await answering(() => {}));
  await inHand.inject();
  expect(await inHand.isInEffect()).toBe(false);
});

test('one slow way of many makes no slow Redis', async () => {
  const late = await answering((socket) => setTimeout(() => socket.write('+PONG\r\n'), 2_000));
  const inHand = hardlyBrokenBy(slowRedis(2_000), late);
  await inHand.inject();
  expect(await inHand.isInEffect()).toBe(false);
});

test('a connection that outlives its reset is seen', async () => {
  await expect(hardlyBrokenBy(resetConnections).inject()).rejects.toThrow(/was not reset/);
});
