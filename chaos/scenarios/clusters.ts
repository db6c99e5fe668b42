import {killShardMaster} from '../faults/kill-shard-master.ts';
import {common, failover, failoverPace, replicated} from './defaults.ts';
import type {Scenario} from './scenario.ts';

export const shardMasterKilled: Scenario = {
  ...common,
  name: 'kill-shard-master',
  claim: 'the master of one shard of a cluster dies: its replica takes over, the other shards are not disturbed',
  environment: {...replicated, store: {kind: 'cluster', server: 'valkey-server'}},
  fault: killShardMaster,
  pace: failoverPace,
  bounds: failover,
};
