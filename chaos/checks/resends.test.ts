import {expect, test} from 'vitest';
import {bounds} from '../scenarios/defaults.ts';
import {audited, created, type Given, refused, runOf} from '../testing/history.ts';
import {sentAgainAsAsked} from './sent-again-as-asked.ts';

const resent = (startMs: number): Given => ({kind: 'resend', startMs});
const unknown = {kind: 'resend', startMs: 3_500, httpStatus: 503, errorCode: 'outcome_unknown'} as const;
const violations = (seen: number, ...operations: Given[]) =>
  sentAgainAsAsked({...runOf(created(0), ...operations), resendsSeen: new Map([['v1', seen]])}, bounds).violations;

test('a code that is sent again more often than was asked for is a violation; what may have happened may', () => {
  expect(violations(1, resent(3_000))).toEqual([]);
  expect(violations(2, resent(3_000))).toHaveLength(1);
  expect(violations(2, resent(3_000), unknown)).toEqual([]);
  expect(violations(3, resent(3_000), unknown)).toHaveLength(1);
  expect(violations(1, {...unknown, errorCode: 'store_unavailable'})).toHaveLength(1);
});

test('so is an acknowledged resend whose message never comes', () => {
  expect(violations(1, resent(3_000), resent(3_500))).toEqual([expect.stringContaining('its message never came')]);
  expect(violations(0, unknown)).toEqual([]);
});

test('none is owed for what is lost, or was in the hands of a worker when the fault came', () => {
  expect(violations(0, resent(3_000), audited(9_000, 410, 'verification_lost'))).toEqual([]);
  expect(violations(0, resent(1_050))).toEqual([]);
  expect(violations(0, resent(1_101))).toHaveLength(1);
});

test('nor where somebody does not wait for it', () => {
  const next = (startMs: number) => refused(startMs, 422, 'code_incorrect', {guess: 'wrong'});
  expect(violations(0, resent(3_000), next(3_010 + bounds.deliveryMs))).toEqual([]);
  expect(violations(0, resent(3_000), next(3_011 + bounds.deliveryMs))).toHaveLength(1);
});
