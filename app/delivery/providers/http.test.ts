import {describe, expect, it} from 'vitest';
import {createCertificate} from '../../testing/certificates.ts';
import {type FarSide, json, reset, silence, startFarSide} from '../../testing/far-side.ts';
import {outgoing} from '../../testing/outgoing.ts';
import {parseNetwork} from '../http/address-guard.ts';
import {HttpClient} from '../http/client.ts';
import type {OutgoingMessage} from '../provider.ts';
import {type HttpProviderOptions, httpProvider} from './http.ts';

const signal = new AbortController().signal;
const allowed = ['127.0.0.1', '::1'].flatMap((text) => parseNetwork(text) ?? []);

async function send(
  server: FarSide,
  {
    url = '/messages',
    message = {},
    until = signal,
    ...options
  }: Partial<HttpProviderOptions> & {message?: Partial<OutgoingMessage>; until?: AbortSignal} = {},
) {
  const provider = httpProvider({
    name: 'gateway',
    method: 'POST',
    url: `${server.url}${url}`,
    headers: {},
    body: {format: 'json', template: {to: '{to}', text: '{text}'}},
    success: {status: [200, 202]},
    refused: {status: [400]},
    maxConnections: 4,
    client: new HttpClient({allowed, timeoutMs: 5000}),
    ...options,
  });
  try {
    return await provider.send(outgoing(message), until);
  } finally {
    await provider.close();
  }
}

describe('the generic HTTP provider', () => {
  it('builds its request from the configuration alone', async () => {
    await using server = await startFarSide();
    const result = await send(server, {
      url: '/v2/{channel}?id={messageId}',
      method: 'PUT',
      headers: {authorization: 'Bearer secret', 'idempotency-key': '{messageId}'},
      body: {
        format: 'json',
        template: {messages: [{to: '{to}', text: '{text}', flash: false, parts: 1}], ref: 'otp-{messageId}'},
      },
    });
    expect(result).toEqual({kind: 'accepted'});
    expect(server.received).toMatchObject([
      {
        method: 'PUT',
        path: '/v2/sms?id=v1_x.0',
        headers: {authorization: 'Bearer secret', 'idempotency-key': 'v1_x.0', 'content-type': 'application/json'},
      },
    ]);
    expect(JSON.parse(server.received[0]?.body ?? '')).toEqual({
      messages: [{to: '+41446681800', text: '123456 is your verification code.', flash: false, parts: 1}],
      ref: 'otp-v1_x.0',
    });
  });

  it('sends forms and plain text too', async () => {
    await using server = await startFarSide();
    await send(server, {body: {format: 'form', template: {to: '{to}', msg: '{text}'}}});
    expect(Object.fromEntries(new URLSearchParams(server.received[0]?.body))).toEqual({
      to: '+41446681800',
      msg: '123456 is your verification code.',
    });
    await send(server, {body: {format: 'text', template: '{to}\n{text}'}});
    expect(server.received[1]).toMatchObject({
      headers: {'content-type': 'text/plain; charset=utf-8'},
      body: '+41446681800\n123456 is your verification code.',
    });
  });

  it('takes a part of a message for what it is: never for structure, a placeholder or another place', async () => {
    await using server = await startFarSide();
    const hostile = '","admin":true,"x":"{code}\r\nX-Injected: 1 & <b>';
    await send(server, {message: {to: hostile}, url: '/m/{to}?to={to}#{to}'});
    const [received] = server.received;
    expect(JSON.parse(received?.body ?? '')).toEqual({to: hostile, text: '123456 is your verification code.'});
    expect(received?.headers).not.toHaveProperty('x-injected');
    expect(received?.path).toBe(`/m/${encodeURIComponent(hostile)}?to=${encodeURIComponent(hostile)}`);
    expect(received?.headers.host).toBe(`127.0.0.1:${server.port}`);
    await send(server, {message: {to: '@evil.example/..//..?#'}, url: '/m/{to}'});
    expect(server.received[1]?.path).toBe(`/m/${encodeURIComponent('@evil.example/..//..?#')}`);
    expect(await send(server, {message: {to: '..'}, url: '/m/{to}/send'})).toMatchObject({kind: 'refused'});
    expect(server.received).toHaveLength(2);
  });

  it('holds a success whose body tells of an error for none', async () => {
    await using server = await startFarSide();
    const success = {status: [200], pointer: '/result/0/status', equals: ['accepted', 0]};
    server.answer = json(200, {result: [{status: 'rejected'}]});
    expect(await send(server, {success})).toEqual({kind: 'retry', reason: 'status 200'});
    server.answer = json(200, {result: [{status: 0}]});
    expect(await send(server, {success})).toEqual({kind: 'accepted'});
    server.answer = json(200, 'no such thing');
    expect(await send(server, {success})).toMatchObject({kind: 'retry'});
    server.answer = json(200, {error: 'unknown number'});
    const refused = {pointer: '/error', equals: ['unknown number']};
    expect(await send(server, {success, refused})).toEqual({kind: 'refused', reason: 'status 200'});
  });

  it.each([
    [400, 'refused'],
    [401, 'retry'],
    [404, 'retry'],
    [500, 'retry'],
    [301, 'retry'],
  ])('means by %i: %s', async (status, kind) => {
    await using server = await startFarSide();
    server.answer = json(status, {message: 'no: +41446681800 123456'});
    const result = await send(server);
    expect(result).toEqual({kind, reason: `status ${status}`});
  });

  it('hears how long it has to pause', async () => {
    await using server = await startFarSide();
    server.answer = json(429, undefined, {'retry-after': '2'});
    expect(await send(server)).toEqual({kind: 'retry', reason: 'status 429', retryAfterMs: 2000});
  });

  it('tries again when the far side hangs up, says nothing or shows a certificate that nobody vouches for', async () => {
    await using server = await startFarSide();
    server.answer = reset;
    expect(await send(server)).toMatchObject({kind: 'retry'});
    server.answer = silence;
    expect(await send(server, {until: AbortSignal.timeout(200)})).toMatchObject({kind: 'retry'});
    const {cert, key} = await createCertificate('localhost');
    await using stranger = await startFarSide({cert, key});
    expect(await send(stranger)).toMatchObject({kind: 'retry'});
    expect(stranger.received).toEqual([]);
  });
});
