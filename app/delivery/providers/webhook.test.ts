import {generateKeyPairSync} from 'node:crypto';
import {compactDecrypt} from 'jose';
import {describe, expect, it} from 'vitest';
import {readEncryptionKey} from '../../domain/end-to-end.ts';
import {type FarSide, json, reset, startFarSide} from '../../testing/far-side.ts';
import {outgoing} from '../../testing/outgoing.ts';
import {parseNetwork} from '../http/address-guard.ts';
import {HttpClient} from '../http/client.ts';
import type {OutgoingMessage} from '../provider.ts';
import {isSigned} from '../standard-webhooks.ts';
import {webhookProvider} from './webhook.ts';

const signal = new AbortController().signal;
const secret = Buffer.alloc(32, 1);
const allowed = [parseNetwork('127.0.0.1') ?? []].flat();

async function send(server: FarSide, message: Partial<OutgoingMessage> = {}) {
  const provider = webhookProvider({
    name: 'own',
    url: `${server.url}/otp`,
    secrets: [secret],
    client: new HttpClient({allowed, timeoutMs: 5000}),
  });
  try {
    return await provider.send(outgoing({channel: 'webhook', to: 'user-17', ...message}), signal);
  } finally {
    await provider.close();
  }
}

describe('the webhook provider', () => {
  it('posts a signed message whose id is the same for every attempt', async () => {
    await using server = await startFarSide();
    server.answer = json(500);
    expect(await send(server)).toMatchObject({kind: 'retry'});
    server.answer = json(204);
    expect(await send(server)).toEqual({kind: 'accepted'});
    const [first, second] = server.received;
    expect(first?.headers['webhook-id']).toBe('v1_x.0');
    expect(second?.headers['webhook-id']).toBe('v1_x.0');
    expect(isSigned([secret], second?.headers ?? {}, {body: second?.body ?? '', now: Date.now()})).toBe(true);
    expect(JSON.parse(second?.body ?? '')).toMatchObject({
      type: 'verification.message',
      data: {verificationId: 'v1_x', messageId: 'v1_x.0', channel: 'webhook', to: 'user-17', code: '123456'},
    });
  });

  it('carries the code for the client’s key only, where it has one', async () => {
    await using server = await startFarSide();
    const {publicKey, privateKey} = generateKeyPairSync('x25519');
    const sealFor = readEncryptionKey(publicKey.export({format: 'jwk'}));
    if (sealFor === undefined) throw new Error('no key');
    // So long that no sealed text holds it by chance.
    const code = '123456789012';
    expect(await send(server, {sealFor, code, text: `${code} is your code`})).toEqual({kind: 'accepted'});
    const body = server.received[0]?.body ?? '';
    expect(body).not.toContain(code);
    const {plaintext} = await compactDecrypt(JSON.parse(body).data.sealedCode, privateKey);
    expect(JSON.parse(Buffer.from(plaintext).toString())).toEqual({id: 'v1_x', code});
  });

  it.each([
    [400, 'refused'],
    [410, 'refused'],
    [422, 'refused'],
    [401, 'retry'],
    [302, 'retry'],
    [503, 'retry'],
  ])('means by %i: %s', async (status, kind) => {
    await using server = await startFarSide();
    server.answer = json(status);
    expect(await send(server)).toEqual({kind, reason: `status ${status}`});
  });

  it('hears how long it has to pause, and tries again when the far side hangs up', async () => {
    await using server = await startFarSide();
    server.answer = json(429, undefined, {'retry-after': '1'});
    expect(await send(server)).toMatchObject({kind: 'retry', retryAfterMs: 1000});
    server.answer = reset;
    expect(await send(server)).toMatchObject({kind: 'retry'});
  });
});
