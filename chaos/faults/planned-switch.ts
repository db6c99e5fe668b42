import type {RedisNode} from '../lab/redis-node.ts';
import type {ReplicatedSet} from '../lab/replicated-set.ts';
import {waitUntil} from '../lab/wait-until.ts';
import type {Fault} from './fault.ts';
import {loseMasterPod} from './lose-master-pod.ts';
import {masterUnderAttack} from './master-under-attack.ts';

// The same bounds and the same key as where a pod of Redis is shut down.
const PAUSE_MS = 15_000;
const SWITCH_MS = 10_000;
const KNOWN_WITHIN_MS = 8_000;
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
  const {master_replid: lineage = ''} = await former.info('replication');
  await former.command('HSET', LINEAGE_KEY, 'switching', `${lineage} ${Date.now() + KNOWN_WITHIN_MS}`);
  await former.command('CLIENT', 'PAUSE', String(PAUSE_MS), 'WRITE');
  const {master_repl_offset: offset} = await former.info('replication');
  await waitUntil('a replica that has everything', SWITCH_MS, async () => {
    const offsets = await Promise.all(replicas.map(async (node) => (await node.info('replication')).slave_repl_offset));
    return offsets.every((reached) => Number(reached) >= Number(offset));
  });
  const [witness] = set.sentinels;
  if (!witness) throw new Error('a set without sentinels');
  await witness.command('SENTINEL', 'FAILOVER', set.masterName);
  let next: RedisNode | undefined;
  await waitUntil('another master', SWITCH_MS, async () => {
    next = await promotedOf(replicas);
    return next !== undefined;
  });
  if (!next) throw new Error('no replica was promoted');
  const {host, port} = next.address;
  const follow = (node: RedisNode) =>
    insist(`${node.name} to follow ${host}:${port}`, () => node.command('REPLICAOF', host, String(port)));
  await follow(former);
  await insist('writes to go on', () => former.command('CLIENT', 'UNPAUSE'));
  for (const node of replicas) if (node !== next) await follow(node);
  await noteLineage(next, lineage, Number(offset));
}

/** The replica that says itself that it is master: the sentinels name it up to a second later. */
async function promotedOf(replicas: readonly RedisNode[]): Promise<RedisNode | undefined> {
  const roles = await Promise.all(
    replicas.map((node) =>
      node.info('replication').then(
        ({role}) => role,
        () => undefined,
      ),
    ),
  );
  return replicas[roles.indexOf('master')];
}

/** That nothing of a lineage is missing on its new master. */
async function noteLineage(next: RedisNode, lineage: string, offset: number): Promise<void> {
  const after = await insist(`what ${next.name} says of itself`, () => next.info('replication'));
  if (after.master_replid2 !== lineage || Number(after.second_repl_offset) <= offset)
    throw new Error(`${next.name} does not show all of the lineage ${lineage}`);
  // Refused until a replica follows the new master.
  await insist('the note of the lineage', () =>
    next.command('HSET', LINEAGE_KEY, after.master_replid ?? '', lineage, 'switching', ''),
  );
  await next.command('PEXPIRE', LINEAGE_KEY, String(LINEAGE_MS));
}

/** A sentinel that turns a server to another master closes all connections to it, that of whoever asks at this moment too. */
async function insist<Result>(what: string, ask: () => Promise<Result>): Promise<Result> {
  let answer: {readonly result: Result} | undefined;
  await waitUntil(what, SWITCH_MS, async () => {
    answer = await ask().then(
      (result) => ({result}),
      () => undefined,
    );
    return answer !== undefined;
  });
  if (answer === undefined) throw new Error(`${what} did not happen`);
  return answer.result;
}
