import {describeOperation, isCalledLost} from '../history.ts';
import {byVerification} from './by-verification.ts';
import type {Checker} from './checker.ts';
import {wasInHand} from './messages-arrive.ts';

/**
 * A resend that was acknowledged has promised a message, and one whose outcome nobody knows is at most one more. What somebody does before
 * it has come may have made it needless, and what is lost has lost its message too.
 */
export const sentAgainAsAsked: Checker = ({operations, resendsSeen, fault}, {deliveryMs, inHandMs}) => {
  const ofRecipient = Map.groupBy(operations, ({recipient}) => recipient);
  const violations: string[] = [];
  let acknowledged = 0;
  for (const [id, group] of byVerification(operations)) {
    const resends = group.filter(({kind}) => kind === 'resend');
    const promised = resends.filter(({outcome}) => outcome === 'ok');
    const asked = resends.filter(({outcome}) => outcome !== 'fail');
    const seen = resendsSeen.get(id) ?? 0;
    acknowledged += promised.length;
    if (seen > asked.length) violations.push(`${id} was sent again ${seen} times, and asked for ${asked.length} times`);
    const last = promised.at(-1);
    if (!last || seen >= promised.length || wasInHand(last, fault, inHandMs) || group.some(isCalledLost)) continue;
    const waited = (ofRecipient.get(last.recipient) ?? []).every(
      ({startMs}) => startMs <= last.endMs || startMs > last.endMs + deliveryMs,
    );
    if (waited) violations.push(`${describeOperation(last)}: its message never came`);
  }
  return {
    claim: 'a code is sent again as often as that was asked for',
    about: 'order',
    bound: '1 message per acknowledged resend, and none that nobody asked for',
    measured: `${acknowledged} resends acknowledged, ${violations.length} verifications sent too seldom or too often`,
    violations,
  };
};
