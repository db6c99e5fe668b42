import {failuresBounded} from '../checks/failures-bounded.ts';
import {repeatsAnsweredAlike} from '../checks/repeats-answered-alike.ts';
import {killRedis} from '../faults/kill-redis.ts';
import {bounds, environment, everyCheck, timing, workload} from './defaults.ts';
import type {Scenario} from './scenario.ts';

export const redisRestartEmpty: Scenario = {
  name: 'redis-restart-empty',
  claim: 'Redis comes back without its data: what was lost is called lost, and nothing lost is accepted',
  environment: {...environment, persistence: 'none'},
  steadyJourneys: 3,
  workload,
  fault: killRedis,
  timing,
  // Failure budgets and what was answered roll back with the data; the service cannot know better, and the documentation says so.
  checks: everyCheck.filter((check) => check !== failuresBounded && check !== repeatsAnsweredAlike),
  bounds: {...bounds, lostShareMax: 1},
};
