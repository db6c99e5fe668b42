import {describe, expect, test} from 'vitest';
import {bounds, everyCheck} from '../scenarios/defaults.ts';
import {accepted, audited, created, type Given, refused, runOf, unanswered, wrong} from '../testing/history.ts';
import {acceptedAtMostOnce} from './accepted-at-most-once.ts';
import {acknowledgedExplained} from './acknowledged-explained.ts';
import {answersInTime} from './answers-in-time.ts';
import {approvalsExplained} from './approvals-explained.ts';
import type {Bounds, Checker} from './checker.ts';
import {lossesBounded} from './losses-bounded.ts';
import {messagesArrive} from './messages-arrive.ts';
import {notAfterCancel} from './not-after-cancel.ts';
import {notAfterExpiry} from './not-after-expiry.ts';
import {notAfterResend} from './not-after-resend.ts';
import {onlyRightCodes} from './only-right-codes.ts';
import {recoversInTime} from './recovers-in-time.ts';
import {refusalsClean} from './refusals-clean.ts';

const violationsOf = (check: Checker, ...operations: Given[]) => check(runOf(...operations), bounds).violations;
const other = {verificationId: 'v2'};

test('a clean history violates nothing', () => {
  const run = runOf(
    created(0),
    wrong(100),
    accepted(200),
    refused(300, 409, 'verification_already_approved'),
    created(1_200, {verificationId: 'v3'}),
    accepted(1_400, {verificationId: 'v3'}),
    refused(1_500, 503, 'store_unavailable'),
    refused(2_050, 503, 'outcome_unknown', {kind: 'create', verificationId: undefined}),
    created(2_500, other),
    {kind: 'resend', startMs: 2_520, ...other},
    refused(2_560, 422, 'code_incorrect', {guess: 'replaced', ...other}),
    {kind: 'cancel', startMs: 2_600, httpStatus: 204, ...other},
    refused(2_700, 409, 'verification_canceled', other),
    audited(9_000, 409, 'verification_already_approved'),
    {...audited(9_000, 409, 'verification_canceled'), ...other},
    {...audited(9_000, 409, 'verification_already_approved'), verificationId: 'v3'},
  );
  expect(everyCheck.map((check) => check(run, bounds).violations)).toEqual(everyCheck.map(() => []));
});

describe('a code is accepted at most once', () => {
  test('two acceptances of one code are a violation that names both', () => {
    const [violation] = violationsOf(acceptedAtMostOnce, created(0), accepted(100), accepted(2_500));
    expect(violation).toMatch(/v1 was accepted 2 times.*#1 .*#2 /);
  });

  test('two acceptances in parallel are one too many', () => {
    expect(violationsOf(acceptedAtMostOnce, accepted(100), accepted(100))).toHaveLength(1);
  });

  test('an acceptance after one of unknown outcome is not held against the service', () => {
    expect(violationsOf(acceptedAtMostOnce, unanswered(100), accepted(500))).toEqual([]);
  });

  test('a repetition under one idempotency key is no second acceptance, another key is', () => {
    const under = (idempotencyKey: string) => ({idempotencyKey});
    expect(violationsOf(acceptedAtMostOnce, accepted(100, under('a')), accepted(500, under('a')))).toEqual([]);
    expect(violationsOf(acceptedAtMostOnce, accepted(100, under('a')), accepted(500, under('b')))).toHaveLength(1);
    expect(violationsOf(acceptedAtMostOnce, accepted(100, under('a')), accepted(500))).toHaveLength(1);
  });

  test('codes are counted apart', () => {
    expect(violationsOf(acceptedAtMostOnce, accepted(100), accepted(100, other))).toEqual([]);
  });
});

test('an accepted wrong code is a violation', () => {
  expect(violationsOf(onlyRightCodes, accepted(100, {guess: 'wrong'}))).toHaveLength(1);
  expect(violationsOf(onlyRightCodes, accepted(100), wrong(200))).toEqual([]);
});

describe('no code is accepted after its expiry', () => {
  const brief = created(0, {lifetimeMs: 3_000});

  test('a check that starts after the end of the lifetime and the skew must be refused', () => {
    expect(violationsOf(notAfterExpiry, brief, accepted(10 + 3_000 + bounds.skewMs + 1))).toHaveLength(1);
  });

  test('a check within the skew, or under way at the end, may be accepted', () => {
    const justInTime = 10 + 3_000 + bounds.skewMs;
    expect(violationsOf(notAfterExpiry, brief, accepted(justInTime, {endMs: justInTime + 900}))).toEqual([]);
  });
});

test('a resend begins another lifetime', () => {
  const brief = created(0, {lifetimeMs: 3_000});
  const resent = {kind: 'resend', startMs: 2_000} as const;
  expect(violationsOf(notAfterExpiry, brief, resent, accepted(2_010 + 3_000 + bounds.skewMs))).toEqual([]);
  expect(violationsOf(notAfterExpiry, brief, resent, accepted(2_011 + 3_000 + bounds.skewMs))).toHaveLength(1);
});

describe('no code is accepted after its cancel', () => {
  const canceled = {kind: 'cancel', startMs: 100, endMs: 150, httpStatus: 204} as const;

  test('an acceptance of a later check is a violation', () => {
    expect(violationsOf(notAfterCancel, created(0), canceled, accepted(151))).toHaveLength(1);
  });

  test('a check that raced the cancel may have won', () => {
    expect(violationsOf(notAfterCancel, created(0), canceled, accepted(149))).toEqual([]);
  });

  test('a cancel of unknown outcome promises nothing', () => {
    const unknown = {...canceled, httpStatus: 503, errorCode: 'outcome_unknown'};
    expect(violationsOf(notAfterCancel, created(0), unknown, accepted(500))).toEqual([]);
  });
});

describe('no code is accepted after a resend has put another in its place', () => {
  const resent = {kind: 'resend', startMs: 100, endMs: 150} as const;
  const replaced = {guess: 'replaced'} as const;
  const incorrect = refused(200, 422, 'code_incorrect', replaced);

  test('an acceptance of the old code is a violation, one of the new code is none', () => {
    expect(violationsOf(notAfterResend, created(0), resent, accepted(151, replaced))).toHaveLength(1);
    expect(violationsOf(notAfterResend, created(0), resent, incorrect, accepted(300))).toEqual([]);
  });

  test('a check that raced the resend may have won, and a resend of unknown outcome promises nothing', () => {
    expect(violationsOf(notAfterResend, created(0), resent, accepted(149, replaced))).toEqual([]);
    const unknown = {...resent, httpStatus: 503, errorCode: 'outcome_unknown'};
    expect(violationsOf(notAfterResend, created(0), unknown, accepted(500, replaced))).toEqual([]);
  });

  test('another verification keeps its code', () => {
    expect(violationsOf(notAfterResend, created(0), resent, accepted(500, {...replaced, ...other}))).toEqual([]);
  });
});

describe('a check that was refused as not executed never counts as the approval', () => {
  const approvedAlready = refused(2_500, 409, 'verification_already_approved');

  test('an approval out of nowhere is a violation', () => {
    expect(violationsOf(approvalsExplained, created(0), approvedAlready)).toHaveLength(1);
    expect(violationsOf(approvalsExplained, refused(1_500, 503, 'store_unavailable'), approvedAlready)).toHaveLength(1);
  });

  test('a check of unknown outcome explains it', () => {
    expect(violationsOf(approvalsExplained, refused(1_500, 503, 'outcome_unknown'), approvedAlready)).toEqual([]);
    expect(violationsOf(approvalsExplained, unanswered(1_500), approvedAlready)).toEqual([]);
  });

  test('a check that started only afterwards explains nothing', () => {
    expect(violationsOf(approvalsExplained, approvedAlready, accepted(2_600))).toHaveLength(1);
  });
});

describe('every acknowledged verification is explained', () => {
  test.each([
    ['not found', 404, 'verification_not_found'],
    ['an error', 500, 'internal'],
    ['incorrect for the right code', 422, 'code_incorrect'],
    ['a limit that has nothing to do with it', 429, 'rate_limited'],
  ])('%s explains nothing', (_, httpStatus, errorCode) => {
    expect(violationsOf(acknowledgedExplained, created(0), audited(9_000, httpStatus, errorCode))).toHaveLength(1);
  });

  test('what became of it must be true: expired in its time, canceled by somebody, superseded by another', () => {
    const said = (errorCode: string, ...before: Given[]) =>
      violationsOf(acknowledgedExplained, created(1, {lifetimeMs: 3_000}), ...before, audited(3_990, 409, errorCode));
    const canceled = {kind: 'cancel', startMs: 100} as const;
    expect(said('verification_canceled', {...canceled, httpStatus: 204})).toEqual([]);
    expect(said('verification_canceled', {...canceled, httpStatus: 503, errorCode: 'outcome_unknown'})).toEqual([]);
    expect(said('verification_canceled', {...canceled, httpStatus: 503, errorCode: 'store_unavailable'})).toHaveLength(
      1,
    );
    expect(said('verification_canceled')).toHaveLength(1);
    const unknown = {httpStatus: 503, errorCode: 'outcome_unknown', verificationId: undefined};
    expect(said('verification_superseded', created(100, unknown))).toEqual([]);
    expect(said('verification_superseded')).toHaveLength(1);
    expect(said('verification_superseded', created(100))).toHaveLength(1);
    expect(said('verification_superseded', created(100, {...unknown, recipient: 'u0002@example.com'}))).toHaveLength(1);
    const expired = (endMs: number) =>
      violationsOf(acknowledgedExplained, created(1, {lifetimeMs: 9_000}), {
        ...audited(7_000, 410, 'verification_expired'),
        endMs,
      });
    expect(expired(1 + 9_000 - bounds.skewMs)).toEqual([]);
    expect(expired(9_000 - bounds.skewMs)).toHaveLength(1);
  });

  test('silence explains nothing', () => {
    expect(violationsOf(acknowledgedExplained, created(0), accepted(100))).toEqual([
      'v1 was never asked for after the fault',
    ]);
  });

  test('a create that was not acknowledged needs no explanation', () => {
    const unknown = created(0, {httpStatus: 503, errorCode: 'outcome_unknown', verificationId: undefined});
    expect(violationsOf(acknowledgedExplained, unknown)).toEqual([]);
  });

  test('"lost" is an explanation, and a loss: a violation where the scenario allows none', () => {
    const run = runOf(created(0), audited(9_000, 410, 'verification_lost'));
    expect(acknowledgedExplained(run, bounds).violations).toEqual([]);
    expect(lossesBounded(run, {...bounds, lostShareMax: 1}).violations).toEqual([]);
    expect(lossesBounded(run, {...bounds, lostShareMax: 0}).violations).toEqual(['v1 was lost']);
  });

  test('as many may be lost as the scenario says, and not one more', () => {
    const lost = (share: number) =>
      lossesBounded(runOf(created(0), created(0, other), audited(9_000, 410, 'verification_lost')), {
        ...bounds,
        lostShareMax: share,
      }).violations;
    expect(lost(0.5)).toEqual([]);
    expect(lost(0.49)).toEqual(['v1 was lost']);
  });

  test('what is acknowledged once the fault is in effect is not lost, whatever share may be; a new master has a second to be noticed', () => {
    const lostFrom = (startMs: number, special: Partial<Bounds> = {}) =>
      lossesBounded(runOf(created(0, other), created(startMs), audited(9_000, 410, 'verification_lost')), {
        ...bounds,
        lostShareMax: 1,
        ...special,
      }).violations;
    expect(lostFrom(1_090)).toEqual([]);
    expect(lostFrom(1_110)).toEqual(['v1 was lost']);
    expect(lostFrom(2_090, {recoveryFrom: 'fault'})).toEqual([]);
    expect(lostFrom(2_110, {recoveryFrom: 'fault'})).toEqual(['v1 was lost']);
    expect(lostFrom(2_050, {ownerDies: true})).toEqual([]);
    expect(lostFrom(2_110, {ownerDies: true})).toEqual(['v1 was lost']);
  });
});

describe('the message of every acknowledged verification arrives', () => {
  const seen = (createdMs: number, seenMs: number | undefined, ...more: Given[]) => {
    const run = runOf(created(createdMs), ...more);
    const messageSeenMs = new Map(seenMs === undefined ? [] : [['v1', seenMs]]);
    return messagesArrive({...run, messageSeenMs}, bounds).violations;
  };

  test('a message that comes too late, or never, is a violation', () => {
    expect(seen(3_000, 3_010 + bounds.deliveryMs)).toEqual([]);
    expect(seen(3_000, 3_011 + bounds.deliveryMs)).toHaveLength(1);
    expect(seen(3_000, undefined)).toEqual([expect.stringContaining('message seen never')]);
  });

  test('a message that the fault held up has its time from the end of the fault on', () => {
    expect(seen(1_200, 2_100 + bounds.deliveryMs)).toEqual([]);
    expect(seen(1_200, 2_101 + bounds.deliveryMs)).toHaveLength(1);
  });

  test('a message that a worker may have held when the fault came is not judged, an older one is', () => {
    const {fault} = runOf();
    const earliestInHandMs = fault.startMs - bounds.inHandMs - 10;
    expect(seen(earliestInHandMs, undefined)).toEqual([]);
    expect(seen(earliestInHandMs - 1, undefined)).toHaveLength(1);
    // Begun while the fault was being injected: whether it was in effect nobody knows.
    expect(seen(fault.provenMs, undefined)).toEqual([]);
    expect(seen(fault.provenMs + 1, undefined)).toHaveLength(1);
  });

  test('no message is owed for what is lost', () => {
    expect(seen(3_000, undefined, audited(9_000, 410, 'verification_lost'))).toEqual([]);
  });
});

test('a slow answer and a missing one are violations, at any time', () => {
  expect(violationsOf(answersInTime, accepted(1_200, {endMs: 1_200 + bounds.answerMs}))).toEqual([]);
  expect(violationsOf(answersInTime, accepted(1_200, {endMs: 1_201 + bounds.answerMs}))).toHaveLength(1);
  expect(violationsOf(answersInTime, unanswered(1_200))).toHaveLength(1);
});

test('only 503 with a code that callers can act on is a clean refusal', () => {
  expect(violationsOf(refusalsClean, refused(1_200, 503, 'store_unavailable'))).toEqual([]);
  expect(violationsOf(refusalsClean, refused(1_200, 500, 'internal'))).toHaveLength(1);
  expect(violationsOf(refusalsClean, refused(1_200, 500, 'store_unavailable'))).toHaveLength(1);
  expect(violationsOf(refusalsClean, unanswered(1_200))).toEqual([]);
  expect(violationsOf(refusalsClean, unanswered(1_200, {errorCode: 'socket hang up'}))).toHaveLength(1);
});

describe('the service recovers in time', () => {
  const inTime = 2_100 + bounds.recoveryMs;

  test('refusals until the bound, service after it', () => {
    expect(
      violationsOf(recoversInTime, refused(inTime - 500, 503, 'store_unavailable'), accepted(inTime - 100)),
    ).toEqual([]);
  });

  test('a refusal after the bound is a violation', () => {
    const late = refused(inTime + 1, 503, 'store_unavailable');
    expect(violationsOf(recoversInTime, accepted(2_200), late)).toHaveLength(1);
  });

  test('no service within the bound is a violation', () => {
    expect(violationsOf(recoversInTime, accepted(inTime + 100))).toEqual(['nothing was served in time']);
    expect(violationsOf(recoversInTime, accepted(500))).toEqual(['nothing was served in time']);
  });
});
