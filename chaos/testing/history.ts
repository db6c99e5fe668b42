import type {Operation, RecordedRun} from '../history.ts';
import {outcomeOf} from '../history.ts';

export type Given = Partial<Operation> & Pick<Operation, 'kind' | 'startMs'>;

/** A history from what matters of each operation; the rest is what an ordinary success looks like, 10 ms long. */
export function runOf(...given: readonly Given[]): RecordedRun {
  const operations = given.map((partial, index): Operation => {
    const httpStatus = 'httpStatus' in partial ? partial.httpStatus : 200;
    return {
      index,
      phase: 'workload',
      user: 'u0001',
      recipient: 'u0001@example.com',
      verificationId: 'v1',
      endMs: partial.startMs + 10,
      httpStatus,
      errorCode: undefined,
      outcome: outcomeOf(httpStatus, partial.errorCode),
      ...partial,
    };
  });
  // Messages are seen as soon as the create is acknowledged, those of resends as well.
  const acknowledged = operations.filter(({kind, outcome}) => kind === 'create' && outcome === 'ok');
  const messageSeenMs = new Map(acknowledged.map(({verificationId, endMs}) => [verificationId ?? '', endMs]));
  const resends = Map.groupBy(
    operations.filter(({kind, outcome}) => kind === 'resend' && outcome === 'ok'),
    ({verificationId = ''}) => verificationId,
  );
  return {
    operations,
    messageSeenMs,
    resendsSeen: new Map([...resends].map(([id, {length}]) => [id, length])),
    observations: [{atMs: 9_000, answering: 3, inFallback: 0}],
    doubts: [],
    machine: {runnerStallMs: 20, cpuPressure: 0.1, runsService: true},
    fault: {startMs: 1_000, provenMs: 1_100, healStartMs: 2_000, healedMs: 2_100},
  };
}

/** Parts of histories. */
export const created = (startMs: number, extra: Partial<Operation> = {}): Given => ({
  kind: 'create',
  startMs,
  httpStatus: 201,
  lifetimeMs: 300_000,
  ...extra,
});
export const accepted = (startMs: number, extra: Partial<Operation> = {}): Given => ({
  kind: 'check',
  guess: 'right',
  startMs,
  ...extra,
});
export const refused = (
  startMs: number,
  httpStatus: number,
  errorCode: string,
  extra: Partial<Operation> = {},
): Given => ({
  kind: 'check',
  guess: 'right',
  startMs,
  httpStatus,
  errorCode,
  ...extra,
});
export const wrong = (startMs: number, extra: Partial<Operation> = {}): Given =>
  refused(startMs, 422, 'code_incorrect', {guess: 'wrong', ...extra});
export const unanswered = (startMs: number, extra: Partial<Operation> = {}): Given => ({
  kind: 'check',
  guess: 'right',
  startMs,
  httpStatus: undefined,
  errorCode: 'client_timeout',
  ...extra,
});
export const audited = (startMs: number, httpStatus: number, errorCode?: string): Given => ({
  kind: 'check',
  guess: 'right',
  phase: 'audit',
  startMs,
  httpStatus,
  errorCode,
});
