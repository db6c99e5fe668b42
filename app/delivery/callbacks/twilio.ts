import {createHmac, timingSafeEqual} from 'node:crypto';
import type {CallbackReader} from './callback.ts';

/** What Twilio calls the ends of messages and calls. That nobody has picked up or was busy is no reason to give up. */
const ends: Readonly<Record<string, 'delivered' | 'failed'>> = {
  delivered: 'delivered',
  read: 'delivered',
  completed: 'delivered',
  failed: 'failed',
  undelivered: 'failed',
};

/** Status callbacks of Twilio, with `X-Twilio-Signature` (https://www.twilio.com/docs/usage/security). */
export function twilioCallbacks(authToken: string): CallbackReader {
  return ({url, headers, body}) => {
    const form = [...new URLSearchParams(body)];
    if (!isSigned(authToken, url, form, headers['x-twilio-signature'])) return {kind: 'unsigned'};
    const [, state = ''] = form.find(([name]) => name === 'MessageStatus' || name === 'CallStatus') ?? [];
    const status = Object.hasOwn(ends, state) ? ends[state] : undefined;
    return status === undefined ? {kind: 'nothing'} : {kind: 'report', status};
  };
}

/** HMAC-SHA1 over the address and, sorted by name, each parameter's name and value. */
function isSigned(
  authToken: string,
  url: string,
  form: readonly (readonly [string, string])[],
  presented: string | readonly string[] | undefined,
): boolean {
  if (typeof presented !== 'string') return false;
  const sorted = form.toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  const expected = createHmac('sha1', authToken)
    .update(url + sorted.flat().join(''))
    .digest();
  const signature = Buffer.from(presented, 'base64');
  return signature.length === expected.length && timingSafeEqual(signature, expected);
}
