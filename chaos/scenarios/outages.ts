import {lostWithOwner} from '../checks/lost-with-owner.ts';
import {repeatsAnsweredAlike} from '../checks/repeats-answered-alike.ts';
import {disagreeingPeers, killOwner, rollingRestart, rotateKeys} from '../faults/during-an-outage.ts';
import {loseAllRedis} from '../faults/lose-all-redis.ts';
import {bounds, common, everyCheck, outagePace, replicated, workload} from './defaults.ts';
import type {Scenario} from './scenario.ts';

// A restarted Redis begins a new lineage: what it held before can be accepted no more, although it is there.
// That is what was not used when it died: 40 % of all at most in nine seeds, 46 % where what was used is missing, too.
const restarted = {...bounds, lostShareMax: 0.6};

export const allRedisGone: Scenario = {
  ...common,
  name: 'redis-outage',
  claim:
    'every Redis is away and comes back with its data: new verifications are served throughout, and nothing counts twice afterwards',
  fault: loseAllRedis('with-data'),
  pace: outagePace,
  bounds: restarted,
};

export const backEmpty: Scenario = {
  ...common,
  name: 'redis-outage-back-empty',
  claim: 'every Redis comes back without data: what was lost is called lost, and nothing lost is accepted',
  fault: loseAllRedis('empty'),
  pace: outagePace,
  // Budgets and what was answered roll back with the data; the service cannot know better, and the documentation says so.
  checks: everyCheck.filter((check) => check !== repeatsAnsweredAlike),
  bounds: {...restarted, budgetsRollBack: true},
};

export const backOld: Scenario = {
  ...common,
  name: 'redis-outage-back-old',
  claim: 'every Redis comes back with older data: no code is accepted again whose use is missing there',
  fault: loseAllRedis('old'),
  pace: outagePace,
  checks: everyCheck.filter((check) => check !== repeatsAnsweredAlike),
  bounds: {...restarted, budgetsRollBack: true},
};

export const ownerKilled: Scenario = {
  ...common,
  name: 'kill-owner-in-outage',
  claim: 'a process dies with the verifications that it alone holds: they are called lost, and everything else goes on',
  fault: killOwner,
  pace: outagePace,
  checks: [...everyCheck, lostWithOwner],
  // What the dead process had in hand is lost, its answers to repetitions too, and the guesses that it alone had counted: the next owner
  // grants a round of its own.
  bounds: {
    ...restarted,
    requestsLost: true,
    servedShareMin: 0.95,
    ownersMax: 2,
    ownerDies: true,
    budgetsRollBack: true,
  },
};

export const rollingRestartInOutage: Scenario = {
  ...common,
  name: 'rolling-restart-in-outage',
  claim:
    'each process is restarted while every Redis is away: it hands over what it holds, to exactly one, and nothing counts twice',
  // Many codes are presented for the first time just when the process that holds them hands them over.
  workload: {usersPerSecond: 20, mix: {...workload.mix, pouncing: 120}},
  fault: rollingRestart,
  pace: outagePace,
  bounds: {...restarted, requestsLost: true, servedShareMin: 0.95, ownersMax: 3},
};

export const peersDisagree: Scenario = {
  ...common,
  name: 'part-peers-in-outage',
  claim:
    'two processes hold each other for gone while every Redis is away: each recipient gets at most one round of guesses from each',
  environment: {...replicated, network: true},
  fault: disagreeingPeers,
  pace: outagePace,
  // Of the nine ways from a process to an owner two are cut: what comes over them is refused, and often asked again. The two that are
  // parted may each own a recipient; the third, which sees both, places it with one of them, or with itself and then no more than one
  // of them does otherwise.
  bounds: {...restarted, createdPerKeyMax: 2, servedShareMin: 0.75, ownersMax: 2},
};

export const keysRotated: Scenario = {
  ...common,
  name: 'rotate-keys-in-outage',
  claim: 'the secret keys rotate while every Redis is away: codes from before and after are checked all the same',
  fault: rotateKeys,
  pace: outagePace,
  bounds: restarted,
};
