import {failuresBounded} from '../checks/failures-bounded.ts';
import {repeatsAnsweredAlike} from '../checks/repeats-answered-alike.ts';
import {freezeRedis} from '../faults/freeze-redis.ts';
import {killRedis} from '../faults/kill-redis.ts';
import {bounds, common, disturbancePace, everyCheck, single} from './defaults.ts';
import type {Scenario} from './scenario.ts';

/** The append-only file is handed to the system before a command is answered: the death of the process alone loses nothing. */
export const redisRestart: Scenario = {
  ...common,
  name: 'redis-restart',
  claim: 'the only Redis is killed and started again on its data: nothing acknowledged is lost, nothing counts twice',
  environment: single,
  fault: killRedis,
  pace: disturbancePace,
};

export const redisRestartEmpty: Scenario = {
  ...common,
  name: 'redis-restart-empty',
  claim: 'the only Redis comes back without its data: what was lost is called lost, and nothing lost is accepted',
  environment: {...single, store: {kind: 'single', persistence: 'none'}},
  fault: killRedis,
  pace: disturbancePace,
  // Failure budgets and what was answered roll back with the data; the service cannot know better, and the documentation says so.
  checks: everyCheck.filter((check) => check !== failuresBounded && check !== repeatsAnsweredAlike),
  // All of before the fault, used or not: half of all at most in nine seeds.
  bounds: {...bounds, lostShareMax: 0.7},
};

export const redisFreeze: Scenario = {
  ...common,
  name: 'redis-freeze',
  claim: 'the only Redis keeps its connections open and answers nothing: callers are answered in time and never hang',
  environment: single,
  fault: freezeRedis,
  pace: disturbancePace,
};
