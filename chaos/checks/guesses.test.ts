import {describe, expect, test} from 'vitest';
import {bounds} from '../scenarios/defaults.ts';
import {accepted, type Given, refused, runOf, unanswered, wrong} from '../testing/history.ts';
import {attemptsFair} from './attempts-fair.ts';
import type {Bounds} from './checker.ts';
import {failuresBounded} from './failures-bounded.ts';
import {wrongChecksBounded} from './wrong-checks-bounded.ts';

// The fault of these histories lasts from 1,000 to 2,100 ms; everything is as before from 5,100 ms on.
const tooMany = (operations: Given[], special: Partial<Bounds> = {}) =>
  failuresBounded(runOf(...operations), {...bounds, ...special}).violations;
const guesses = (count: number, fromMs: number, everyMs: number, verificationId = 'v1') =>
  Array.from({length: count}, (_, position) => wrong(fromMs + position * everyMs, {verificationId}));

describe('one code takes a bounded number of guesses', () => {
  test('six wrong checks are one too many', () => {
    const violations = (count: number) => wrongChecksBounded(runOf(...guesses(count, 0, 100_000)), bounds).violations;
    expect(violations(5)).toEqual([]);
    expect(violations(6)).toEqual(['v1 took 6 wrong checks']);
  });

  test('a resend gives no new guesses, and a replaced code is one', () => {
    const replaced = refused(200_000, 422, 'code_incorrect', {guess: 'replaced'});
    const resent: Given[] = [...guesses(3, 0, 100), {kind: 'resend', startMs: 150_000}, replaced];
    const violations = (count: number) =>
      wrongChecksBounded(runOf(...resent, ...guesses(count, 300_000, 100_000)), bounds).violations;
    expect(violations(1)).toEqual([]);
    expect(violations(2)).toEqual(['v1 took 6 wrong checks']);
  });
});

describe('one recipient takes a bounded number of guesses', () => {
  test('a new code gives no new guesses', () => {
    expect(tooMany([...guesses(5, 10_000, 500), ...guesses(1, 13_000, 0, 'v2')])).toHaveLength(1);
  });

  test('the wait after a round gives new guesses', () => {
    expect(tooMany([...guesses(5, 10_000, 1_000), ...guesses(1, 44_100, 0, 'v2')])).toEqual([]);
  });

  test('an acceptance gives new guesses, one that may have been none too; another recipient has its own', () => {
    const round = guesses(5, 10_000, 100);
    expect(tooMany([...round, accepted(10_550), wrong(10_600)])).toEqual([]);
    expect(tooMany([...round, unanswered(10_550), wrong(10_600)])).toEqual([]);
    expect(tooMany([...round, wrong(10_600, {recipient: 'u0002@example.com'})])).toEqual([]);
  });

  test('while the store is away each owner grants one more round, and no more', () => {
    const before = guesses(5, 100, 100);
    expect(tooMany([...before, ...guesses(5, 1_100, 100, 'v2')])).toEqual([]);
    expect(tooMany([...before, ...guesses(6, 1_100, 100, 'v2')])).toHaveLength(1);
    expect(tooMany([...before, ...guesses(6, 1_100, 100, 'v2')], {ownersMax: 2})).toEqual([]);
  });

  test('afterwards what was granted in both places is added up: the larger of the two is not enough', () => {
    const apart = [...guesses(3, 100, 100), ...guesses(3, 1_100, 100, 'v2')];
    expect(tooMany([...apart, wrong(6_000, {verificationId: 'v3'})])).toHaveLength(1);
    expect(tooMany([...apart.slice(2), wrong(6_000, {verificationId: 'v3'})])).toEqual([]);
  });

  test('where what one place alone has counted is lost, there is one more round in all, and no more', () => {
    const lost = guesses(5, 1_100, 100);
    const afterwards = guesses(5, 6_000, 100, 'v2');
    expect(tooMany([...lost, ...afterwards])).toHaveLength(5);
    expect(tooMany([...lost, ...afterwards], {budgetsRollBack: true})).toEqual([]);
    expect(tooMany([...lost, ...afterwards, wrong(7_000)], {budgetsRollBack: true})).toHaveLength(1);
    expect(tooMany([wrong(100), ...lost, ...afterwards], {budgetsRollBack: true})).toHaveLength(1);
  });
});

describe('a wrong check costs one attempt', () => {
  const unfair = (...operations: Given[]) => attemptsFair(runOf(...operations), bounds).violations;
  const left = (startMs: number, attemptsRemaining: number) => wrong(startMs, {attemptsRemaining});

  test('a code that a resend has replaced costs one like any other that is not right', () => {
    const replaced = refused(200, 422, 'code_incorrect', {guess: 'replaced', attemptsRemaining: 3});
    expect(unfair(left(100, 4), replaced, left(300, 2))).toEqual([]);
    expect(unfair(left(100, 4), replaced, left(300, 1))).toHaveLength(1);
  });

  test('an answer that leaves less than was used up is a violation', () => {
    expect(unfair(left(100, 4), left(200, 3))).toEqual([]);
    expect(unfair(left(100, 4), left(200, 2))).toHaveLength(1);
  });

  test('a lock after less than that is one too', () => {
    const locked = refused(900, 409, 'verification_locked');
    expect(unfair(...guesses(5, 100, 100), locked)).toEqual([]);
    expect(unfair(...guesses(4, 100, 100), locked)).toHaveLength(1);
    expect(unfair(...guesses(4, 100, 100), unanswered(600, {guess: 'wrong'}), locked)).toEqual([]);
  });

  test('a recipient is locked, and held up, only after as many', () => {
    const locked = refused(900, 429, 'recipient_locked', {kind: 'create', verificationId: undefined});
    expect(unfair(...guesses(5, 100, 100), locked)).toEqual([]);
    expect(unfair(...guesses(4, 100, 100), locked)).toHaveLength(1);
    const tooSoon = refused(900, 429, 'check_too_soon');
    expect(unfair(...guesses(3, 100, 100), tooSoon)).toEqual([]);
    expect(unfair(...guesses(2, 100, 100), tooSoon)).toHaveLength(1);
  });

  test('a check of unknown outcome may have cost one, a refused one may not', () => {
    const guess = {guess: 'wrong'} as const;
    expect(unfair(left(100, 4), unanswered(200, guess), left(300, 2))).toEqual([]);
    expect(unfair(left(100, 4), refused(200, 503, 'outcome_unknown', guess), left(300, 2))).toEqual([]);
    expect(unfair(left(100, 4), refused(200, 503, 'store_unavailable', guess), left(300, 2))).toHaveLength(1);
  });
});
