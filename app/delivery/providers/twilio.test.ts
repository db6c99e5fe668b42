import {describe, expect, it} from 'vitest';
import {type FarSide, json, reset, silence, startFarSide} from '../../testing/far-side.ts';
import {outgoing} from '../../testing/outgoing.ts';
import {parseNetwork} from '../http/address-guard.ts';
import {HttpClient} from '../http/client.ts';
import type {OutgoingMessage} from '../provider.ts';
import {type TwilioOptions, twilioProvider} from './twilio.ts';

const signal = new AbortController().signal;
const accountSid = 'AC0123456789abcdef0123456789abcdef';
const allowed = [parseNetwork('127.0.0.1') ?? []].flat();

/** What Twilio's REST API answers to a message that it has taken. */
const queued = {sid: 'SM0123456789abcdef0123456789abcdef', status: 'queued', error_code: null, error_message: null};

async function send(
  server: FarSide,
  message: Partial<OutgoingMessage> = {},
  options: Partial<TwilioOptions> & {signal?: AbortSignal} = {},
) {
  const provider = twilioProvider({
    name: 'twilio',
    accountSid,
    authToken: 'token',
    baseUrl: server.url,
    sms: {from: '+15005550006'},
    voice: {from: '+15005550006'},
    whatsapp: {from: '+15005550006'},
    client: new HttpClient({allowed, timeoutMs: 5000}),
    ...options,
  });
  try {
    return await provider.send(outgoing(message), options.signal ?? signal);
  } finally {
    await provider.close();
  }
}

const formOf = (server: FarSide) => Object.fromEntries(new URLSearchParams(server.received.at(-1)?.body));

describe('the Twilio provider', () => {
  it('sends a text message as the REST API documents it', async () => {
    await using server = await startFarSide();
    server.answer = json(201, queued);
    const callbackUrl = 'https://otp.example.com/v1/callbacks/twilio/v1_x.0';
    expect(await send(server, {callbackUrl})).toEqual({kind: 'accepted'});
    expect(server.received).toMatchObject([
      {
        method: 'POST',
        path: `/2010-04-01/Accounts/${accountSid}/Messages.json`,
        headers: {
          authorization: `Basic ${Buffer.from(`${accountSid}:token`).toString('base64')}`,
          'content-type': 'application/x-www-form-urlencoded',
        },
      },
    ]);
    expect(formOf(server)).toEqual({
      To: '+41446681800',
      From: '+15005550006',
      Body: '123456 is your verification code.',
      StatusCallback: callbackUrl,
    });
    await send(server, {}, {sms: {messagingServiceSid: 'MG1'}});
    expect(formOf(server)).toMatchObject({MessagingServiceSid: 'MG1'});
    expect(formOf(server)).not.toHaveProperty('From');
  });

  it('calls, and says the text in its language', async () => {
    await using server = await startFarSide();
    server.answer = json(201, {...queued, sid: 'CA1'});
    const text = 'Your <code> & only yours: 1, 2, 3, 4, 5, 6';
    expect(await send(server, {channel: 'voice', text, locale: 'de-CH', callbackUrl: 'https://x'})).toEqual({
      kind: 'accepted',
    });
    expect(server.received[0]?.path).toBe(`/2010-04-01/Accounts/${accountSid}/Calls.json`);
    const say = '<Say language="de-CH">Your &#60;code&#62; &#38; only yours: 1, 2, 3, 4, 5, 6</Say>';
    expect(formOf(server)).toEqual({
      To: '+41446681800',
      From: '+15005550006',
      Twiml: `<Response>${say}</Response>`,
      StatusCallback: 'https://x',
      StatusCallbackEvent: 'completed',
    });
  });

  it('sends a WhatsApp message, by an approved template where there is one', async () => {
    await using server = await startFarSide();
    server.answer = json(201, queued);
    await send(server, {channel: 'whatsapp'});
    expect(formOf(server)).toEqual({
      To: 'whatsapp:+41446681800',
      From: 'whatsapp:+15005550006',
      Body: '123456 is your verification code.',
    });
    await send(server, {channel: 'whatsapp'}, {whatsapp: {from: '+15005550006', contentSid: 'HX1'}});
    expect(formOf(server)).toMatchObject({ContentSid: 'HX1', ContentVariables: '{"1":"123456"}'});
  });

  it.each([
    ['is no number at all', 400, {code: 21_211, message: "The 'To' number +41446681800 is not valid", status: 400}],
    ['has said STOP', 400, {code: 21_610, message: 'unsubscribed', status: 400}],
    ['is refused in an answer of success', 201, {...queued, status: 'failed', error_code: 30_003}],
  ])('never sends to who %s', async (_what, status, body) => {
    await using server = await startFarSide();
    server.answer = json(status, body);
    const result = await send(server);
    expect(result).toMatchObject({kind: 'refused'});
    expect(JSON.stringify(result), 'no recipient in a reason').not.toContain('41446681800');
  });

  it.each([
    ['a wrong token', 401, {code: 20_003, message: 'Authenticate', status: 401}],
    ['a sender that is not the account’s', 400, {code: 21_606, status: 400}],
    ['a fault of its own', 500, {code: 20_500, status: 500}],
    ['a page of a proxy instead of an answer', 200, 'Welcome'],
    ['an error in an answer of success', 201, {...queued, error_code: 30_001}],
    ['an address that has moved', 302, undefined],
  ])('tries again after %s', async (_what, status, body) => {
    await using server = await startFarSide();
    server.answer = json(status, body);
    expect(await send(server)).toMatchObject({kind: 'retry', reason: expect.stringContaining(String(status))});
  });

  it('hears how long it has to pause', async () => {
    await using server = await startFarSide();
    server.answer = json(429, {code: 20_429, status: 429}, {'retry-after': '3'});
    expect(await send(server)).toEqual({kind: 'retry', reason: 'status 429, error 20429', retryAfterMs: 3000});
  });

  it('tries again when Twilio hangs up or says nothing', async () => {
    await using server = await startFarSide();
    server.answer = reset;
    expect(await send(server)).toMatchObject({kind: 'retry'});
    server.answer = silence;
    expect(await send(server, {}, {signal: AbortSignal.timeout(200)})).toMatchObject({kind: 'retry'});
  });

  it('carries only what it has a sender for', async () => {
    await using server = await startFarSide();
    expect(await send(server, {channel: 'email'})).toEqual({kind: 'refused', reason: 'carries no email'});
    expect(server.received).toEqual([]);
  });
});
