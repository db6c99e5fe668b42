import {killRedis} from '../faults/kill-redis.ts';
import {bounds, environment, everyCheck, timing, workload} from './defaults.ts';
import type {Scenario} from './scenario.ts';

/** The append-only file is handed to the system before a command is answered: the death of the process alone loses nothing. */
export const redisRestart: Scenario = {
  name: 'redis-restart',
  claim: 'Redis is killed and started again on its data: nothing acknowledged is lost, nothing counts twice',
  environment,
  steadyJourneys: 3,
  workload,
  fault: killRedis,
  timing,
  checks: everyCheck,
  bounds,
};
