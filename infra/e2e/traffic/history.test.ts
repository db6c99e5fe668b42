import {expect, test} from 'vitest';
import {type Journey, type Request, tally} from './history.ts';

const request = (about: Partial<Request>): Request => ({
  phase: 'fault',
  kind: 'create',
  startedAt: 0,
  endedAt: 10,
  status: 201,
  ...about,
});
const journey = (about: Partial<Journey>): Journey => ({
  createdIn: 'fault',
  checkedIn: 'fault',
  ending: 'approved',
  ...about,
});

test('a creation without 201 is a failure, told by its answer, and only in its own phase', () => {
  const requests = [
    request({}),
    request({status: 503, code: 'store_unavailable'}),
    request({status: 503, code: 'store_unavailable'}),
    request({phase: 'before', status: 500}),
  ];
  const {creates, createFailures} = tally('fault', requests, []);
  expect([creates, createFailures]).toEqual([3, {'503 store_unavailable': 2}]);
});

test('what no pod has answered is told apart from what the service refused, and hides no creation that failed', () => {
  const requests = [
    request({status: 0, code: 'ECONNRESET'}),
    request({status: 502}),
    request({status: 503, code: 'store_unavailable'}),
    request({kind: 'check', status: 504}),
  ];
  const journeys = [journey({ending: 'never_reached'}), journey({ending: 'never_reached', createdIn: 'before'})];
  const {createFailures, checkFailures, unreached} = tally('fault', requests, journeys);
  expect(createFailures).toEqual({'503 store_unavailable': 1, 'never reached': 1});
  expect(checkFailures).toEqual({});
  expect(unreached).toEqual({'create no answer ECONNRESET': 1, 'create 502': 1, 'check 504': 1});
});

test('a check that is refused for what was asked is no failure of the service', () => {
  const requests = [
    request({kind: 'check', status: 409}),
    request({kind: 'check', status: 503, code: 'outcome_unknown'}),
  ];
  expect(tally('fault', requests, []).checkFailures).toEqual({'503 outcome_unknown': 1});
});

test('a journey counts where its code was presented, with the longest wait for an answer', () => {
  const journeys = [
    journey({createdIn: 'before', settledMs: 1200}),
    journey({settledMs: 300, ending: 'lost'}),
    journey({checkedIn: 'after', ending: 'approved_twice'}),
    journey({ending: 'unexplained', last: 'v2_x: 422 code_incorrect'}),
  ];
  expect(tally('fault', [], journeys)).toMatchObject({
    approved: 1,
    lost: 1,
    approvedTwice: 0,
    slowestCheckMs: 1200,
    unexplained: ['v2_x: 422 code_incorrect'],
  });
});
