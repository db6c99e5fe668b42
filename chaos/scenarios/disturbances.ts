import {nothingUnreplicatedTold} from '../checks/nothing-unreplicated-told.ts';
import {cutOneInstance} from '../faults/cut-one-instance.ts';
import {cutReplication} from '../faults/cut-replication.ts';
import {lagReplicas} from '../faults/lag-replicas.ts';
import {resetConnections} from '../faults/reset-connections.ts';
import {slowRedis} from '../faults/slow-redis.ts';
import {bounds, common, disturbancePace, everyCheck, replicated, workload} from './defaults.ts';
import type {Scenario} from './scenario.ts';

const steady = {...replicated, mayFailOver: false};
const networked = {...steady, network: true};

export const replicasLag: Scenario = {
  ...common,
  name: 'lag-replicas',
  claim:
    'no replica follows: no use of a code is acknowledged, to the one who used it or to the next who asks over another connection',
  environment: steady,
  // What is told while no replica follows is told soon: later nobody asks the store any more.
  workload: {...workload, mix: {...workload.mix, pouncing: 40, slipping: 20}},
  fault: lagReplicas,
  pace: disturbancePace,
  checks: [...everyCheck, nothingUnreplicatedTold],
};

export const replicationCut: Scenario = {
  ...common,
  name: 'cut-replication',
  claim:
    'the master loses its replicas: it acknowledges nothing alone, and what it was asked meanwhile is served from memory',
  environment: networked,
  fault: cutReplication,
  pace: disturbancePace,
  checks: [...everyCheck, nothingUnreplicatedTold],
};

export const redisSlow: Scenario = {
  ...common,
  name: 'slow-redis',
  claim: 'Redis takes 200 ms more for each answer: everything is served, more slowly',
  environment: networked,
  fault: slowRedis(200),
  pace: disturbancePace,
};

export const redisVerySlow: Scenario = {
  ...common,
  name: 'stall-redis',
  claim:
    'Redis takes 2 s for each answer, more than the service waits: new verifications are served from memory, nothing counts twice',
  environment: networked,
  fault: slowRedis(2_000),
  pace: disturbancePace,
};

export const connectionsReset: Scenario = {
  ...common,
  name: 'reset-connections',
  claim: 'connections break with requests on their way: nothing is sent again that may have been executed',
  environment: networked,
  // Many checks on their way without an idempotency key, each alone: one that is sent again blindly counts twice, or finds its own approval.
  workload: {usersPerSecond: 30, mix: {...workload.mix, honest: 80, mistaken: 80}},
  fault: resetConnections,
  pace: disturbancePace,
  // A check whose answer was lost is answered with outcome_unknown: the caller asks again.
  bounds: {...bounds, servedShareMin: 0.9},
};

export const oneInstanceCut: Scenario = {
  ...common,
  name: 'cut-one-instance',
  claim: 'one process alone does not reach Redis: its peers do its work, for verifications in Redis too',
  environment: networked,
  fault: cutOneInstance,
  pace: disturbancePace,
  // What it has sent to Redis before it has noticed has an unknown outcome, which no peer may repeat: the one or two checks of new
  // verifications among them (2 % at most).
  bounds: {...bounds, servedShareMin: 0.95},
};
