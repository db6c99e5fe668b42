import {describeOperation, type Operation} from '../history.ts';
import type {Checker} from './checker.ts';

/** A caller that gets "503, come back later" can act on it; one that hangs can not. */
export const answersInTime: Checker = ({operations, fault}, {answerMs}) => {
  const slow = operations.filter(
    (operation) => operation.httpStatus === undefined || operation.endMs - operation.startMs > answerMs,
  );
  const inFault = operations.filter(
    (operation) => operation.endMs > fault.startMs && operation.startMs < fault.healedMs,
  );
  return {
    claim: 'every request is answered in time, during the fault too',
    about: 'time',
    bound: `≤ ${answerMs} ms`,
    measured: `longest ${longest(operations)} ms, during the fault ${longest(inFault)} ms (${inFault.length} requests)`,
    strain: longest(operations),
    violations: slow.map(describeOperation),
  };
};

function longest(operations: readonly Operation[]): number {
  return Math.round(Math.max(0, ...operations.map(({startMs, endMs}) => endMs - startMs)));
}
