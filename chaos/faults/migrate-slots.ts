import {setTimeout as sleep} from 'node:timers/promises';
import {clusterOf} from '../executors/process-testbed.ts';
import type {RedisNode} from '../lab/redis-node.ts';
import {waitUntil} from '../lab/wait-until.ts';
import type {Fault} from './fault.ts';

// The lower half of the first of three shards: whoever gives away all its slots becomes a replica.
const FIRST_SLOT = 0;
const LAST_SLOT = 2_730;
const MIGRATED_MS = 20_000;

export const migrateSlots: Fault = {
  name: 'migrate-slots',
  description: `the slots ${FIRST_SLOT} to ${LAST_SLOT} move to another shard in one step (Valkey 9), and back`,
  on: {
    processes(testbed) {
      const [source, target] = mastersOf(testbed);
      return {
        effectMs: MIGRATED_MS,
        inject: () => migrateAtOnce(source, target),
        isInEffect: async () => !(await owns(source, FIRST_SLOT)) && (await owns(target, FIRST_SLOT)),
        async heal() {
          if (await owns(source, FIRST_SLOT)) return;
          await migrateAtOnce(target, source);
          await waitUntil('the way back', MIGRATED_MS, () => owns(source, FIRST_SLOT));
        },
      };
    },
  },
};

export const migrateSlotsStepwise: Fault = {
  name: 'migrate-slots-stepwise',
  description:
    'some slots move to another shard key by key (every Redis), and stay half moved for a while: what is not where it belongs is not served there',
  on: {
    processes(testbed) {
      const [source, target] = mastersOf(testbed);
      const slots: number[] = [];
      return {
        async inject() {
          const [sourceId, targetId] = await Promise.all([idOf(source), idOf(target)]);
          slots.push(...(await slotsInUse(source)));
          for (const slot of slots) {
            await target.command('CLUSTER', 'SETSLOT', String(slot), 'IMPORTING', sourceId);
            await source.command('CLUSTER', 'SETSLOT', String(slot), 'MIGRATING', targetId);
          }
        },
        // "[slot->-id]" stands for a slot that is on its way.
        isInEffect: async () => slots.length > 0 && (await myself(source)).includes(`[${slots[0]}->-`),
        async heal() {
          const targetId = await idOf(target);
          for (const slot of slots) {
            await moveKeys(source, target, slot);
            await target.command('CLUSTER', 'SETSLOT', String(slot), 'NODE', targetId);
            await source.command('CLUSTER', 'SETSLOT', String(slot), 'NODE', targetId);
          }
        },
      };
    },
  },
};

function mastersOf(testbed: Parameters<typeof clusterOf>[0]): [RedisNode, RedisNode] {
  const [one, other] = clusterOf(testbed).shards;
  if (!one || !other) throw new Error('slots move from one shard to another: two are needed');
  return [one.master, other.master];
}

async function migrateAtOnce(from: RedisNode, to: RedisNode): Promise<void> {
  await from.command(
    'CLUSTER',
    'MIGRATESLOTS',
    'SLOTSRANGE',
    String(FIRST_SLOT),
    String(LAST_SLOT),
    'NODE',
    await idOf(to),
  );
}

const idOf = async (node: RedisNode) => String(await node.command('CLUSTER', 'MYID'));

/** What a node says of itself: its slots stand at the end. */
async function myself(node: RedisNode): Promise<string> {
  const lines = String(await node.command('CLUSTER', 'NODES')).split('\n');
  return lines.find((line) => line.includes('myself')) ?? '';
}

async function owns(node: RedisNode, slot: number): Promise<boolean> {
  const ranges = (await myself(node)).split(' ').slice(8);
  return ranges.some((range) => {
    const [first = '', last = first] = range.split('-');
    return Number(first) <= slot && slot <= Number(last);
  });
}

/** A handful of slots that hold something. */
async function slotsInUse(node: RedisNode): Promise<number[]> {
  const found: number[] = [];
  const deadlineMs = performance.now() + 1_000;
  while (found.length < 5 && performance.now() < deadlineMs) {
    const key = await node.command('RANDOMKEY');
    if (typeof key !== 'string') await sleep(20);
    else {
      const slot = Number(await node.command('CLUSTER', 'KEYSLOT', key));
      if (!found.includes(slot)) found.push(slot);
    }
  }
  return found;
}

async function moveKeys(from: RedisNode, to: RedisNode, slot: number): Promise<void> {
  for (;;) {
    const keys = (await from.command('CLUSTER', 'GETKEYSINSLOT', String(slot), '100')) as string[];
    if (keys.length === 0) return;
    await from.command('MIGRATE', to.address.host, String(to.address.port), '', '0', '2000', 'KEYS', ...keys);
  }
}
