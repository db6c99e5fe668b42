import {shardMasterKilled, slotsMigrated, slotsMigratedStepwise} from './clusters.ts';
import {
  connectionsReset,
  oneInstanceCut,
  redisSlow,
  redisVerySlow,
  replicasLag,
  replicationCut,
} from './disturbances.ts';
import {
  masterAndReplicaKilled,
  masterCutFromSentinels,
  masterFrozen,
  masterKilled,
  namesLost,
  plannedSwitchover,
  sentinelMajorityLost,
} from './failovers.ts';
import {
  allRedisGone,
  backEmpty,
  backOld,
  keysRotated,
  ownerKilled,
  peersDisagree,
  rollingRestartInOutage,
} from './outages.ts';
import type {Scenario} from './scenario.ts';
import {redisFreeze, redisRestart, redisRestartEmpty} from './single-redis.ts';

export const scenarios: readonly Scenario[] = [
  redisRestart,
  redisRestartEmpty,
  redisFreeze,
  masterKilled,
  masterFrozen,
  masterCutFromSentinels,
  masterAndReplicaKilled,
  sentinelMajorityLost,
  namesLost,
  plannedSwitchover,
  replicasLag,
  replicationCut,
  redisSlow,
  redisVerySlow,
  connectionsReset,
  oneInstanceCut,
  allRedisGone,
  backEmpty,
  backOld,
  ownerKilled,
  rollingRestartInOutage,
  peersDisagree,
  keysRotated,
  shardMasterKilled,
  slotsMigrated,
  slotsMigratedStepwise,
];

/** At most three minutes: a restart, a failover, the one in which replication alone is not enough, an outage, one of a cluster. */
export const short: readonly Scenario[] = [
  redisRestart,
  masterKilled,
  masterCutFromSentinels,
  allRedisGone,
  shardMasterKilled,
];
