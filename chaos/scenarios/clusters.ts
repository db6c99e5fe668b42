import {killShardMaster} from '../faults/kill-shard-master.ts';
import {migrateSlots, migrateSlotsStepwise} from '../faults/migrate-slots.ts';
import {bounds, common, disturbancePace, failover, failoverPace, replicated} from './defaults.ts';
import type {Scenario} from './scenario.ts';

export const shardMasterKilled: Scenario = {
  ...common,
  name: 'kill-shard-master',
  claim: 'the master of one shard of a cluster dies: its replica takes over, the other shards are not disturbed',
  environment: {...replicated, store: {kind: 'cluster', server: 'valkey-server'}},
  fault: killShardMaster,
  pace: failoverPace,
  // Two of three shards are there, so the store does not count as away: what was held for a moment and sent to the third, nobody knows
  // whether in vain, waits until that has another master.
  bounds: {...failover, servedShareMin: 0.8},
};

export const slotsMigrated: Scenario = {
  ...common,
  name: 'migrate-slots',
  claim:
    'slots move to another shard under load, in one step: everything is served, and what moved is called lost rather than accepted twice',
  environment: {...replicated, store: {kind: 'cluster', server: 'valkey-server'}},
  fault: migrateSlots,
  pace: disturbancePace,
  bounds: {...bounds, lostShareMax: 1},
};

export const slotsMigratedStepwise: Scenario = {
  ...common,
  name: 'migrate-slots-stepwise',
  claim:
    'slots move key by key, as they do without the atomic way: what can’t be served meanwhile is refused or served from memory, and nothing counts twice',
  environment: {...replicated, store: {kind: 'cluster', server: 'redis-server'}},
  fault: migrateSlotsStepwise,
  pace: disturbancePace,
  // A check whose keys are on both sides of the move is refused, as the claim says.
  bounds: {...bounds, lostShareMax: 1, servedShareMin: 0.9},
};
