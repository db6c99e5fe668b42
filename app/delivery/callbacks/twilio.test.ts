import {createHmac} from 'node:crypto';
import {describe, expect, it} from 'vitest';
import {twilioCallbacks} from './twilio.ts';

// The example of Twilio's documentation.
const authToken = '12345';
const example = {
  url: 'https://mycompany.com/myapp.php?foo=1&bar=2',
  body: new URLSearchParams({
    Digits: '1234',
    To: '+18005551212',
    From: '+14158675309',
    Caller: '+14158675309',
    CallSid: 'CA1234567890ABCDE',
  }).toString(),
  headers: {'x-twilio-signature': 'RSOYDt4T1cUTdK1PDd93/VVr8B8='},
  now: 0,
};
const read = twilioCallbacks(authToken);

/** Signed by whoever has the token. */
function signed(form: Record<string, string>, token = authToken) {
  const url = 'https://otp.example.com/v1/callbacks/twilio/v2_x.0';
  const sorted = Object.entries(form).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const signature = createHmac('sha1', token)
    .update(url + sorted.flat().join(''))
    .digest('base64');
  return {url, body: new URLSearchParams(form).toString(), headers: {'x-twilio-signature': signature}, now: 0};
}

describe('a callback of Twilio', () => {
  it('is believed with the signature of the published example', () => {
    expect(read(example)).toEqual({kind: 'nothing'});
  });

  it('is not believed when it is forged: another parameter, address, token or no signature', () => {
    expect(read({...example, body: example.body.replace('1234', '1235')})).toEqual({kind: 'unsigned'});
    expect(read({...example, body: `${example.body}&MessageStatus=failed`})).toEqual({kind: 'unsigned'});
    expect(read({...example, url: 'https://mycompany.com/myapp.php?foo=1&bar=3'})).toEqual({kind: 'unsigned'});
    expect(read({...example, headers: {}})).toEqual({kind: 'unsigned'});
    expect(read({...example, headers: {'x-twilio-signature': ''}})).toEqual({kind: 'unsigned'});
    expect(read({...example, headers: {'x-twilio-signature': ['RSOYDt4T1cUTdK1PDd93/VVr8B8=', 'x']}})).toEqual({
      kind: 'unsigned',
    });
    expect(twilioCallbacks('12346')(example)).toEqual({kind: 'unsigned'});
  });

  it.each([
    ['MessageStatus', 'delivered', 'delivered'],
    ['MessageStatus', 'read', 'delivered'],
    ['MessageStatus', 'undelivered', 'failed'],
    ['MessageStatus', 'failed', 'failed'],
    ['CallStatus', 'completed', 'delivered'],
    ['CallStatus', 'failed', 'failed'],
  ])('%s=%s means %s', (name, value, status) => {
    expect(read(signed({MessageSid: 'SM1', [name]: value}))).toEqual({kind: 'report', status});
  });

  it.each(['queued', 'sent', 'busy', 'constructor', ''])('with the state %j says nothing about the end', (state) => {
    expect(read(signed({MessageStatus: state}))).toEqual({kind: 'nothing'});
  });
});
