import type {RedisNode} from '../lab/redis-node.ts';
import type {ReplicatedSet} from '../lab/replicated-set.ts';
import {waitUntil} from '../lab/wait-until.ts';
import type {Fault} from './fault.ts';
import {loseMasterPod} from './lose-master-pod.ts';
import {masterUnderAttack} from './master-under-attack.ts';

// The same bounds and the same key as where a pod of Redis is shut down.
const PAUSE_MS = 15_000;
const SWITCH_MS = 10_000;
const LINEAGE_KEY = 'otp:lineage';
// Longer than any code lives.
const LINEAGE_MS = 86_400_000;

export const plannedSwitch: Fault = {
  name: 'planned-switch',
  description:
    'the master hands over, as before a restart: writes pause until a replica has all, the sentinels promote it, and it is noted that the lineage goes on there; then the former master ends, and comes back as a replica',
  on: {
    processes(testbed) {
      const attacked = masterUnderAttack(testbed);
      return {
        async inject() {
          const former = await attacked.choose();
          await handOver(attacked.set, former);
          await former.kill();
        },
        isInEffect: async () => attacked.chosen && (await attacked.master.ping()) === 'refused',
        async heal() {
          if (!attacked.chosen) return;
          await attacked.set.restart(attacked.master);
          await attacked.set.settled({replicas: 2});
        },
      };
    },
    kubernetes: (testbed) => loseMasterPod(testbed),
  },
};

async function handOver(set: ReplicatedSet, former: RedisNode): Promise<void> {
  const replicas = set.nodes.filter((node) => node !== former);
  await former.command('CLIENT', 'PAUSE', String(PAUSE_MS), 'WRITE');
  const {master_replid: lineage = '', master_repl_offset: offset} = await former.info('replication');
  await waitUntil('a replica that has everything', SWITCH_MS, async () => {
    const offsets = await Promise.all(replicas.map(async (node) => (await node.info('replication')).slave_repl_offset));
    return offsets.every((reached) => Number(reached) >= Number(offset));
  });
  const [witness] = set.sentinels;
  if (!witness) throw new Error('a set without sentinels');
  await witness.command('SENTINEL', 'FAILOVER', set.masterName);
  // The one that was told knows it first; the others hear of it within two seconds.
  await waitUntil('another master', SWITCH_MS, async () => (await set.masterAccordingTo(witness)) !== former);
  const next = await set.masterAccordingTo(witness);
  if (!next) throw new Error(`${witness.name} names no master`);
  const {host, port} = next.address;
  await former.command('REPLICAOF', host, String(port));
  await former.command('CLIENT', 'UNPAUSE');
  const after = await next.info('replication');
  if (after.master_replid2 !== lineage || Number(after.second_repl_offset) <= Number(offset))
    throw new Error(`${next.name} does not show all of the lineage ${lineage}`);
  // Refused until a replica follows the new master.
  await waitUntil('the note of the lineage', SWITCH_MS, () =>
    next.command('HSET', LINEAGE_KEY, after.master_replid ?? '', lineage).then(
      () => true,
      () => false,
    ),
  );
  await next.command('PEXPIRE', LINEAGE_KEY, String(LINEAGE_MS));
}
