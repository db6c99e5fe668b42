import {freezeRedis} from '../faults/freeze-redis.ts';
import {bounds, environment, everyCheck, timing, workload} from './defaults.ts';
import type {Scenario} from './scenario.ts';

export const redisFreeze: Scenario = {
  name: 'redis-freeze',
  claim: 'Redis keeps its connections open and answers nothing: callers are refused in time and never hang',
  environment,
  steadyJourneys: 3,
  workload,
  fault: freezeRedis,
  timing,
  checks: everyCheck,
  bounds,
};
