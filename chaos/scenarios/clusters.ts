import {killShardMaster} from '../faults/kill-shard-master.ts';
import {migrateSlots, migrateSlotsStepwise} from '../faults/migrate-slots.ts';
import {bounds, common, disturbancePace, failover, failoverPace, replicated} from './defaults.ts';
import type {Scenario} from './scenario.ts';

export const shardMasterKilled: Scenario = {
  ...common,
  name: 'kill-shard-master',
  claim:
    'the master of one shard of a cluster dies: new verifications are served, in memory or by the other shards, until its replica takes over',
  environment: {...replicated, store: {kind: 'cluster', server: 'valkey-server'}},
  fault: killShardMaster,
  pace: failoverPace,
  // The two other shards are served all the time but for a moment: Redis' default has them refuse all, too, from when the third is
  // held for down until its replica takes over. 0 to 3 % were refused so from run to run.
  // So a request that a healthy shard has answered may be repeated in that moment, when memory cannot know the answer.
  // Its replica takes over within seconds, but has none of its own until the former master is back, and acknowledges nothing alone.
  bounds: {...failover, servedShareMin: 0.9, createdPerKeyMax: 2, recoveryFrom: 'healing', recoveryMs: 3_000},
};

export const slotsMigrated: Scenario = {
  ...common,
  name: 'migrate-slots',
  claim:
    'slots move to another shard under load, in one step: everything is served, and what moved stays good and is accepted once',
  environment: {...replicated, store: {kind: 'cluster', server: 'valkey-server'}},
  fault: migrateSlots,
  pace: disturbancePace,
  // A process that asks the new shard before any has noted the move is told "lost"; none was, in nine seeds.
  bounds: {...bounds, lostShareMax: 0.05},
};

export const slotsMigratedStepwise: Scenario = {
  ...common,
  name: 'migrate-slots-stepwise',
  claim:
    'slots move key by key, as they do without the atomic way: what can’t be served meanwhile is refused or served from memory, and nothing counts twice',
  environment: {...replicated, store: {kind: 'cluster', server: 'redis-server'}},
  fault: migrateSlotsStepwise,
  pace: disturbancePace,
  // A check whose keys are on both sides of the move is refused, as the claim says. So is a creation with an idempotency
  // key until its slot has arrived, since the store may have answered it before.
  bounds: {...bounds, lostShareMax: 0.05, servedShareMin: 0.95, createdPerKeyMax: 1},
};
