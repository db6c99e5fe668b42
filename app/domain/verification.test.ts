import {describe, expect, it} from 'vitest';
import {blocked} from './failure-budget.ts';
import {attemptsRemaining, nextSteps, type Snapshot, statusAt} from './verification.ts';

const snapshot = (changes: Partial<Snapshot> = {}): Snapshot => ({
  at: 1000,
  status: 'pending',
  channel: 'email',
  to: 'a***@example.com',
  createdAt: 0,
  expiresAt: 300_000,
  maxAttempts: 5,
  failedChecks: 0,
  resends: 0,
  delivery: {status: 'sent', updatedAt: 0},
  budget: {failures: 0, failuresInContext: 0, checkableAt: 0, lockedUntil: 0},
  sendableAt: 0,
  ...changes,
});

describe('the status', () => {
  const pending = {status: 'pending', expiresAt: 100} as const;
  const live = {standing: 'live', lockedUntil: 0} as const;

  it.each([
    ['pending before its expiry', pending, live, 99, 'pending'],
    ['expired at its expiry', pending, live, 100, 'expired'],
    [
      'superseded, also when it has expired since',
      pending,
      {standing: 'superseded', lockedUntil: 0},
      500,
      'superseded',
    ],
    [
      'superseded when its recipient does not know it',
      pending,
      {standing: 'unlisted', lockedUntil: 0},
      50,
      'superseded',
    ],
    ['locked when its recipient is blocked', pending, {standing: 'live', lockedUntil: blocked}, 50, 'locked'],
    [
      'what was written when it is final',
      {status: 'approved', expiresAt: 100},
      {standing: 'unlisted', lockedUntil: blocked},
      500,
      'approved',
    ],
  ] as const)('is %s', (_name, stored, recipient, at, expected) => {
    expect(statusAt(stored, recipient, at)).toBe(expected);
  });
});

describe('attempts remaining', () => {
  it('are the fewer of the code’s own and the round’s', () => {
    expect(attemptsRemaining(snapshot())).toBe(5);
    expect(
      attemptsRemaining(
        snapshot({failedChecks: 1, budget: {failures: 3, failuresInContext: 3, checkableAt: 0, lockedUntil: 0}}),
      ),
    ).toBe(2);
    expect(
      attemptsRemaining(
        snapshot({failedChecks: 3, budget: {failures: 6, failuresInContext: 6, checkableAt: 0, lockedUntil: 0}}),
      ),
    ).toBe(2);
    expect(attemptsRemaining(snapshot({status: 'expired'}))).toBe(0);
  });
});

describe('the next steps', () => {
  it('are all open for a fresh code when nothing is waited for', () => {
    expect(nextSteps(snapshot(), 3)).toEqual({
      check: {allowed: true},
      resend: {allowed: true},
      create: {allowed: true},
    });
  });

  it('name the instant when a wait ends', () => {
    const next = nextSteps(
      snapshot({budget: {failures: 3, failuresInContext: 3, checkableAt: 2000, lockedUntil: 0}, sendableAt: 31_000}),
      3,
    );
    expect(next).toEqual({
      check: {allowed: false, at: 2000},
      resend: {allowed: false, at: 31_000},
      create: {allowed: false, at: 31_000},
    });
  });

  it('do not promise a step that would come after the expiry', () => {
    const next = nextSteps(
      snapshot({budget: {failures: 5, failuresInContext: 5, checkableAt: 0, lockedUntil: 300_000}}),
      3,
    );
    expect(next).toEqual({check: {allowed: false}, resend: {allowed: false}, create: {allowed: false, at: 300_000}});
  });

  it('of a blocked recipient are none, and of a final verification only another one', () => {
    const none = {allowed: false};
    expect(
      nextSteps(
        snapshot({
          status: 'locked',
          budget: {failures: 100, failuresInContext: 100, checkableAt: 0, lockedUntil: blocked},
        }),
        3,
      ),
    ).toEqual({check: none, resend: none, create: none});
    expect(nextSteps(snapshot({status: 'approved'}), 3)).toEqual({check: none, resend: none, create: {allowed: true}});
    expect(nextSteps(snapshot({resends: 3}), 3).resend).toEqual(none);
  });
});
