import {describe, expect, test} from 'vitest';
import {bounds} from '../scenarios/defaults.ts';
import {accepted, created, type Given, refused, runOf, unanswered} from '../testing/history.ts';
import {brieflyDisturbed} from './briefly-disturbed.ts';
import type {Bounds} from './checker.ts';
import {lostWithOwner} from './lost-with-owner.ts';
import {notAfterSupersession} from './not-after-supersession.ts';
import {nothingUnreplicatedTold} from './nothing-unreplicated-told.ts';
import {recoversInTime} from './recovers-in-time.ts';
import {refusalsClean} from './refusals-clean.ts';
import {servedInFault} from './served-in-fault.ts';

// The fault of these histories lasts from 1,000 to 2,100 ms; it is proven at 1,100, the healing begins at 2,000.
const [v2, v3] = [{verificationId: 'v2'}, {verificationId: 'v3'}];

describe('new verifications are served while the fault lasts', () => {
  const violations = (operations: Given[], special = {}) =>
    servedInFault(runOf(...operations), {...bounds, ...special}).violations;

  test('a create that is refused is a violation, one before or after the fault is none', () => {
    const refusedAt = (startMs: number) =>
      refused(startMs, 503, 'store_unavailable', {kind: 'create', verificationId: undefined});
    expect(violations([created(1_200), refusedAt(900), refusedAt(2_050)])).toEqual([]);
    expect(violations([created(1_200), refusedAt(1_300)])).toHaveLength(1);
  });

  test('so is one that is turned away for something else than what its recipient did: "rate limited" is not served', () => {
    const turnedAway = (errorCode: string) =>
      refused(1_300, 429, errorCode, {kind: 'create', verificationId: undefined});
    expect(violations([created(1_200), turnedAway('rate_limited')])).toHaveLength(1);
    expect(violations([created(1_200), turnedAway('recipient_locked')])).toEqual([]);
    const often = (times: number) => Array.from({length: times}, (_, position) => created(1_200 + position));
    expect(violations([...often(4), turnedAway('rate_limited')])).toHaveLength(1);
    expect(violations([...often(5), turnedAway('rate_limited')])).toEqual([]);
  });

  test('messages that all wait for the end of the fault are not delivered in it', () => {
    const run = {
      ...runOf(created(1_200)),
      fault: {startMs: 1_000, provenMs: 1_100, healStartMs: 3_210, healedMs: 3_300},
    };
    const seen = (seenMs: number, special = {}) =>
      servedInFault({...run, messageSeenMs: new Map([['v1', seenMs]])}, {...bounds, ...special}).violations;
    expect(seen(3_210)).toEqual([]);
    expect(seen(3_211)).toHaveLength(1);
    expect(
      servedInFault({...run, fault: {...run.fault, healStartMs: 3_209}, messageSeenMs: new Map()}, bounds).violations,
    ).toEqual([]);
  });

  test('so is a message that does not come, or a check that is not answered', () => {
    const run = runOf(created(1_200));
    const late = {...run, messageSeenMs: new Map([['v1', 1_211 + 300]])};
    expect(servedInFault(late, {...bounds, deliveryMs: 300}).violations).toHaveLength(1);
    expect(servedInFault(run, {...bounds, deliveryMs: 300}).violations).toEqual([]);
    expect(violations([created(1_200), refused(1_500, 503, 'store_unavailable')])).toHaveLength(1);
    expect(violations([created(1_200), refused(1_500, 422, 'code_incorrect'), accepted(1_600)])).toEqual([]);
    for (const [status, code] of [
      [410, 'verification_lost'],
      [404, 'verification_not_found'],
    ] as const)
      expect(violations([created(1_200), refused(1_500, status, code)])).toHaveLength(1);
  });

  test('a check of what was created before the fault is no part of it', () => {
    expect(violations([created(500), created(1_200, v2), refused(1_500, 503, 'store_unavailable')])).toEqual([]);
  });

  test('nor is a check of what was created before the fault was in effect', () => {
    expect(violations([created(1_050), created(1_200, v2), refused(1_500, 503, 'store_unavailable')])).toEqual([]);
  });

  test('where another master takes over, neither is one of what the old one still acknowledged and is called lost', () => {
    const lost = refused(5_000, 410, 'verification_lost');
    const checked = [created(1_150), created(1_200, v2), refused(1_500, 503, 'store_unavailable')];
    expect(violations([...checked, lost], {recoveryFrom: 'fault'})).toEqual([]);
    expect(violations(checked, {recoveryFrom: 'fault'})).toHaveLength(1);
    expect(violations([...checked, lost])).toHaveLength(1);
  });

  test('where a process dies, neither is one of what it alone held and is called lost', () => {
    const held = [created(1_200), refused(1_500, 503, 'store_unavailable'), created(1_300, v2)];
    const lost = refused(5_000, 410, 'verification_lost');
    expect(violations([...held, lost], {ownerDies: true})).toEqual([]);
    expect(violations(held, {ownerDies: true})).toHaveLength(1);
    expect(
      violations([...held, {...refused(1_600, 503, 'store_unavailable'), ...v2}, lost], {ownerDies: true}),
    ).toHaveLength(1);
  });

  test('a fault in which nobody asked proves nothing', () => {
    expect(servedInFault(runOf(created(500)), bounds).measured).toContain('0 of 0 created');
  });

  test('a scenario may promise less', () => {
    const half = [
      created(1_200),
      refused(1_300, 503, 'store_unavailable', {kind: 'create', verificationId: undefined}),
    ];
    expect(violations(half, {servedShareMin: 0.5})).toEqual([]);
    expect(violations(half, {servedShareMin: 0.6})).toHaveLength(1);
  });
});

describe('what a process held that dies', () => {
  const [v4, later] = [{verificationId: 'v4'}, {phase: 'audit'} as const];
  const four = [created(1_200), created(1_210, v2), created(1_220, v3), created(1_230, v4)];
  const lost = refused(5_000, 410, 'verification_lost', later);
  const violations = (...more: Given[]) => lostWithOwner(runOf(...four, ...more), bounds).violations;

  test('is refused until it is called lost, and then never served', () => {
    expect(violations(refused(1_500, 503, 'store_unavailable'), lost)).toEqual([]);
    expect(violations(refused(1_500, 410, 'verification_lost'), accepted(1_600))).toHaveLength(1);
    expect(violations(lost, refused(5_500, 503, 'store_unavailable', later))).toHaveLength(1);
  });

  test('is no more than one process held; what was lost before the fault is not meant', () => {
    const lostToo = (id: {verificationId: string}) => refused(5_000, 410, 'verification_lost', {...later, ...id});
    expect(violations(lost, lostToo(v2))).toHaveLength(2);
    expect(violations(lost, created(500, {verificationId: 'v0'}), lostToo({verificationId: 'v0'}))).toEqual([]);
  });
});

describe('no code is accepted after newer ones have taken its place', () => {
  const violations = (...operations: Given[]) => notAfterSupersession(runOf(...operations), bounds).violations;
  const three = (fromMs: number) => [created(fromMs), created(fromMs + 50, v2), created(fromMs + 100, v3)];

  test('the first of three is ended by the third, the second is not', () => {
    expect(violations(...three(100), accepted(500))).toHaveLength(1);
    expect(violations(...three(100), accepted(500, v2))).toEqual([]);
    expect(violations(...three(6_000), accepted(6_500))).toHaveLength(1);
  });

  test('in the fault too, where one process holds the recipient all the time', () => {
    expect(violations(...three(1_200), accepted(1_500))).toHaveLength(1);
    const held = (special: Partial<Bounds>) =>
      notAfterSupersession(runOf(...three(1_200), accepted(1_500)), {...bounds, ...special}).violations;
    expect(held({ownersMax: 2})).toEqual([]);
    expect(held({recoveryFrom: 'fault'})).toEqual([]);
  });

  test('a check that raced the third may have won', () => {
    expect(violations(...three(100), accepted(205))).toEqual([]);
  });

  test('a repeated create is no other code, and codes from both sides of the fault are not held against each other', () => {
    expect(violations(created(100), created(150), created(200, v2), accepted(500))).toEqual([]);
    expect(violations(created(100), created(1_150, v2), created(1_200, v3), accepted(1_500))).toEqual([]);
  });
});

describe('no use of a code is told while no replica has it', () => {
  const violations = (...operations: Given[]) => nothingUnreplicatedTold(runOf(...operations), bounds).violations;
  const lostAnswer = refused(1_200, 503, 'outcome_unknown');

  test('an acceptance, or "already approved", is a violation', () => {
    expect(violations(created(100), lostAnswer, accepted(1_500))).toHaveLength(1);
    expect(violations(created(100), lostAnswer, refused(1_500, 409, 'verification_already_approved'))).toHaveLength(1);
  });

  test('what was used before the fault, or created in it, is not meant', () => {
    expect(violations(created(100), accepted(300), accepted(1_500))).toEqual([]);
    expect(violations(created(1_150), accepted(1_500))).toEqual([]);
  });
});

test('a planned change that is noticed for longer than its bound is a violation, from the first refusal to the last', () => {
  const refusedAt = (endMs: number) => ({...refused(1_000, 503, 'store_unavailable'), startMs: endMs - 10, endMs});
  const violations = (...ends: number[]) => brieflyDisturbed(runOf(...ends.map(refusedAt)), bounds).violations;
  expect(violations()).toEqual([]);
  expect(violations(900, 1_100, 1_100 + bounds.disturbanceMs)).toEqual([]);
  expect(violations(1_100, 1_101 + bounds.disturbanceMs)).toHaveLength(1);
});

describe('after the recovery', () => {
  const run = runOf(accepted(3_000));
  const seen = (atMs: number, inFallback: number) => ({
    ...run,
    observations: [{atMs, answering: 3, inFallback}, ...run.observations],
  });

  test('an instance that still serves from memory is a violation', () => {
    expect(recoversInTime(seen(5_000, 3), bounds).violations).toEqual([]);
    expect(recoversInTime(seen(5_200, 0), bounds).violations).toEqual([]);
    expect(recoversInTime(seen(5_200, 1), bounds).violations).toEqual(['1 instances served from memory at 5200 ms']);
  });

  test('whether anybody serves from memory must have been seen', () => {
    const unseen = ['no instance was seen afterwards'];
    expect(recoversInTime({...run, observations: []}, bounds).violations).toEqual(unseen);
    expect(
      recoversInTime({...run, observations: [{atMs: 5_200, answering: 0, inFallback: 0}]}, bounds).violations,
    ).toEqual(unseen);
  });

  test('where something takes over, the time counts from the fault', () => {
    const takenOver = {...bounds, recoveryFrom: 'fault', recoveryMs: 500} as const;
    const refusedAt = (startMs: number) => runOf(accepted(1_100), refused(startMs, 503, 'store_unavailable'));
    expect(recoversInTime(refusedAt(1_490), takenOver).violations).toEqual([]);
    expect(recoversInTime(refusedAt(1_510), takenOver).violations).toHaveLength(1);
  });
});

test('a request that is lost with its process is a violation, but where the fault kills processes', () => {
  const run = runOf(refused(1_500, 502, 'bad_gateway'));
  expect(refusalsClean(run, bounds).violations).toHaveLength(1);
  expect(refusalsClean(run, {...bounds, requestsLost: true}).violations).toEqual([]);
  expect(
    refusalsClean(runOf(unanswered(1_500, {errorCode: 'socket hang up'})), {...bounds, requestsLost: true}).violations,
  ).toHaveLength(1);
});
