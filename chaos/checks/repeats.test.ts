import {describe, expect, test} from 'vitest';
import {bounds} from '../scenarios/defaults.ts';
import {accepted, audited, created, type Given, refused, runOf, unanswered} from '../testing/history.ts';
import type {Checker} from './checker.ts';
import {oneCodeForARequest} from './one-code-for-a-request.ts';
import {repeatsAnsweredAlike} from './repeats-answered-alike.ts';

const violationsOf = (check: Checker, ...operations: Given[]) => check(runOf(...operations), bounds).violations;
const other = {verificationId: 'v2'};

describe('a repeated request gets the same answer', () => {
  const key = {idempotencyKey: 'a'};

  test('another verification for the same key is a violation', () => {
    expect(violationsOf(repeatsAnsweredAlike, created(0, key), created(100, key))).toEqual([]);
    expect(violationsOf(repeatsAnsweredAlike, created(0, key), created(100, {...key, ...other}))).toHaveLength(1);
  });

  test('one that is created anew because the store is away is no violation, a third one is', () => {
    const before = created(0, key);
    const during = created(1_200, {...key, ...other});
    expect(violationsOf(repeatsAnsweredAlike, before, during, created(6_000, {...key, ...other}))).toEqual([]);
    expect(violationsOf(repeatsAnsweredAlike, before, during, created(6_000, key))).toHaveLength(1);
  });

  test('nor is another where a process cannot hear of the first; a third one is, and a second one before or after it', () => {
    const third = {verificationId: 'v3'};
    const each = (fromMs: number, ...ids: {verificationId: string}[]) =>
      ids.map((id, position) => created(fromMs + position * 20, {...key, ...id}));
    const violations = (...operations: Given[]) =>
      repeatsAnsweredAlike(runOf(...operations), {...bounds, createdPerKeyMax: 2}).violations;
    const first = {verificationId: 'v1'};
    expect(violations(...each(1_200, first, other, first))).toEqual([]);
    expect(violationsOf(repeatsAnsweredAlike, ...each(1_200, first, other))).toHaveLength(1);
    expect(violations(...each(1_200, first, other, third))).toHaveLength(1);
    expect(violations(...each(100, first, other))).toHaveLength(1);
    expect(violations(...each(1_200, first, other), ...each(6_000, other, other))).toEqual([]);
    expect(violations(...each(1_200, first, other), ...each(6_000, first, other))).toHaveLength(1);
  });

  test('nor is another where the first is lost with the process that had answered; one that is not lost is none the less', () => {
    const two = [created(1_200, key), created(1_300, {...key, ...other})];
    const violations = (...operations: Given[]) =>
      repeatsAnsweredAlike(runOf(...operations), {...bounds, ownerDies: true}).violations;
    const lost = audited(6_000, 410, 'verification_lost');
    expect(violations(...two, lost)).toEqual([]);
    expect(violations(...two)).toHaveLength(1);
    expect(violationsOf(repeatsAnsweredAlike, ...two, lost)).toHaveLength(1);
    expect(violations(created(100, key), created(200, {...key, ...other}), lost)).toHaveLength(1);
  });

  test('where another master takes over, one key has one answer during the fault too, unless the first was lost with the old one', () => {
    const two = [created(1_200, key), created(1_300, {...key, ...other})];
    const violations = (...operations: Given[]) =>
      repeatsAnsweredAlike(runOf(...operations), {...bounds, recoveryFrom: 'fault'}).violations;
    expect(violations(...two)).toHaveLength(1);
    expect(violations(...two, audited(6_000, 410, 'verification_lost'))).toEqual([]);
  });

  test('"already approved" for the repetition of an approval is a violation', () => {
    const again = refused(500, 409, 'verification_already_approved', key);
    expect(violationsOf(repeatsAnsweredAlike, accepted(100, key), again)).toHaveLength(1);
    expect(violationsOf(repeatsAnsweredAlike, accepted(100), again)).toEqual([]);
  });

  test('being refused for now is no answer, being told of a loss is none either', () => {
    const refusals = [refused(300, 503, 'outcome_unknown', key), refused(500, 410, 'verification_lost', key)];
    expect(violationsOf(repeatsAnsweredAlike, unanswered(0, key), accepted(200, key), ...refusals)).toEqual([]);
  });
});

describe('of the verifications that one request was given one at most is good afterwards', () => {
  const key = {idempotencyKey: 'a'};
  const two = [created(500, key), created(1_200, {...key, ...other})];
  // Everything is as before from 5,100 ms on.
  const inFault = accepted(1_300, other);

  test('both used afterwards, or one in the fault and the other afterwards, is a violation', () => {
    expect(violationsOf(oneCodeForARequest, ...two, accepted(6_000), accepted(6_100, other))).toHaveLength(1);
    expect(violationsOf(oneCodeForARequest, ...two, inFault, accepted(5_101))).toHaveLength(1);
    expect(violationsOf(oneCodeForARequest, ...two, inFault)).toEqual([]);
  });

  test('one that was used before the fault, or before the two have met, is none', () => {
    expect(violationsOf(oneCodeForARequest, ...two, accepted(600), accepted(6_100, other))).toEqual([]);
    expect(violationsOf(oneCodeForARequest, ...two, inFault, accepted(5_100))).toEqual([]);
  });

  test('where two memories may each have given one, two are none', () => {
    const run = runOf(...two, accepted(6_000), accepted(6_100, other));
    expect(oneCodeForARequest(run, {...bounds, createdPerKeyMax: 2}).violations).toEqual([]);
  });

  test('two requests each have their own', () => {
    const others = [created(500, key), created(1_200, {idempotencyKey: 'b', ...other})];
    expect(violationsOf(oneCodeForARequest, ...others, accepted(6_000), accepted(6_100, other))).toEqual([]);
  });
});
