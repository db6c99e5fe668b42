import {brieflyDisturbed} from '../checks/briefly-disturbed.ts';
import {cutMasterFromSentinels} from '../faults/cut-master-from-sentinels.ts';
import {freezeMaster} from '../faults/freeze-master.ts';
import {killMaster} from '../faults/kill-master.ts';
import {killMasterAndReplica} from '../faults/kill-master-and-replica.ts';
import {loseNamesAndMaster} from '../faults/lose-names-and-master.ts';
import {loseSentinelMajority} from '../faults/lose-sentinel-majority.ts';
import {plannedSwitch} from '../faults/planned-switch.ts';
import {bounds, common, everyCheck, failover, failoverPace, replicated, workload} from './defaults.ts';
import type {Scenario} from './scenario.ts';

export const masterKilled: Scenario = {
  ...common,
  name: 'kill-master',
  claim:
    'the master dies: new verifications are served throughout, and every check has a final answer as soon as another has taken over',
  fault: killMaster,
  pace: failoverPace,
  bounds: failover,
};

export const masterFrozen: Scenario = {
  ...common,
  name: 'freeze-master',
  claim:
    'the master stands still and wakes up when another has taken over: nothing that it still holds for true is acknowledged',
  fault: freezeMaster,
  pace: failoverPace,
  bounds: failover,
};

/** The one in which WAIT alone is not enough: for about a second both masters collect acknowledgements. */
export const masterCutFromSentinels: Scenario = {
  ...common,
  name: 'cut-master-from-sentinels',
  claim:
    'the sentinels promote another while service and replicas still reach the old master: no code is accepted by both',
  environment: {...replicated, network: true},
  // Codes from before the fault that are used while there are two masters, and again afterwards.
  workload: {usersPerSecond: 30, mix: {...workload.mix, holding: 60}},
  fault: cutMasterFromSentinels,
  // Proven in effect only when both are masters, which is over soon.
  pace: {
    compressed: {...failoverPace.compressed, holdMs: {min: 100, max: 1_000}},
    production: {...failoverPace.production, holdMs: {min: 100, max: 3_000}},
  },
  // Wrong checks that the old master alone had counted are lost with it: one round.
  bounds: {...failover, budgetsRollBack: true},
};

export const masterAndReplicaKilled: Scenario = {
  ...common,
  name: 'kill-master-and-replica',
  claim:
    'of three Redis one is left, which may not acknowledge what it alone has: new verifications are served from memory until a replica is back',
  fault: killMasterAndReplica,
  pace: failoverPace,
  bounds: {...failover, recoveryFrom: 'healing', recoveryMs: 3_000},
};

export const sentinelMajorityLost: Scenario = {
  ...common,
  name: 'lose-sentinel-majority',
  claim:
    'the master dies while nobody may promote another: new verifications are served from memory until the sentinels are back',
  fault: loseSentinelMajority,
  pace: failoverPace,
  bounds: {...failover, recoveryFrom: 'healing', recoveryMs: 3_000},
};

export const namesLost: Scenario = {
  ...common,
  name: 'lose-names-and-master',
  claim:
    'the master dies while the service can resolve no name: new verifications are served throughout, and from Redis as soon as names are back',
  fault: loseNamesAndMaster,
  pace: failoverPace,
  bounds: {...failover, recoveryFrom: 'healing', recoveryMs: 3_000},
};

export const plannedSwitchover: Scenario = {
  ...common,
  name: 'delete-master',
  claim: 'the master hands over before it is restarted: no code is lost, and everything is served again within 2 s',
  fault: plannedSwitch,
  pace: failoverPace,
  checks: [...everyCheck, brieflyDisturbed],
  bounds: {...bounds, recoveryFrom: 'fault', recoveryMs: 6_000},
};
