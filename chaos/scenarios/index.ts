import {redisFreeze} from './redis-freeze.ts';
import {redisRestart} from './redis-restart.ts';
import {redisRestartEmpty} from './redis-restart-empty.ts';
import type {Scenario} from './scenario.ts';

export const scenarios: readonly Scenario[] = [redisRestart, redisRestartEmpty, redisFreeze];
