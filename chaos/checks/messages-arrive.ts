import {describeOperation, type FaultTimes, isCalledLost, type Operation} from '../history.ts';
import {byVerification} from './by-verification.ts';
import type {Checker} from './checker.ts';

/** An acknowledged create has promised a message. What the audit finds lost is not counted: its message went with it. */
export const messagesArrive: Checker = ({operations, messageSeenMs, fault}, {deliveryMs, inHandMs}) => {
  const waits = acknowledgedCreates(operations).map((created) => {
    const seenMs = messageSeenMs.get(created.verificationId ?? '') ?? Number.POSITIVE_INFINITY;
    return {created, waitedMs: seenMs - startOfWait(created, fault, deliveryMs)};
  });
  const inTime = waits.filter(({waitedMs}) => waitedMs <= deliveryMs);
  const late = waits.filter(({waitedMs}) => waitedMs > deliveryMs);
  const inHand = late.filter(({created}) => wasInHand(created, fault, inHandMs));
  const longestMs = Math.max(0, ...inTime.map(({waitedMs}) => waitedMs));
  return {
    claim: 'the message of every acknowledged verification arrives',
    about: 'time',
    bound: `≤ ${deliveryMs} ms after the acknowledgement, or after the end of the fault`,
    measured:
      `${inTime.length} of ${waits.length} in time, the longest of them after ${Math.round(longestMs)} ms; ` +
      `${inHand.length} held by a worker when the fault came, not judged`,
    strain: longestMs,
    violations: late
      .filter((wait) => !inHand.includes(wait))
      .map(({created, waitedMs}) => `${describeOperation(created)}: message seen ${after(waitedMs)}`),
  };
};

function acknowledgedCreates(operations: readonly Operation[]): Operation[] {
  return [...byVerification(operations).values()].flatMap((group) => {
    const created = group.find(({kind, outcome}) => kind === 'create' && outcome === 'ok');
    return created && !group.some(isCalledLost) ? [created] : [];
  });
}

/** A message that the fault can have held up may take its time from the end of the fault on. */
function startOfWait({endMs}: Operation, fault: FaultTimes, deliveryMs: number): number {
  const metFault = endMs < fault.healedMs && endMs + deliveryMs > fault.startMs;
  return metFault ? fault.healedMs : endMs;
}

/** Whether a worker may have had its message when the fault came. */
export function wasInHand({startMs, endMs}: Operation, fault: FaultTimes, inHandMs: number): boolean {
  return startMs <= fault.provenMs && endMs >= fault.startMs - inHandMs;
}

function after(waitedMs: number): string {
  return Number.isFinite(waitedMs) ? `after ${Math.round(waitedMs)} ms` : 'never';
}
