import {describe, expect, it} from 'vitest';
import {isSigned, readWebhookSecret, signedHeaders} from './standard-webhooks.ts';

// The example of the specification.
const secret = readWebhookSecret('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw') ?? Buffer.alloc(0);
const other = readWebhookSecret(`whsec_${Buffer.alloc(32, 7).toString('base64')}`) ?? Buffer.alloc(0);
const id = 'msg_p5jXN8AQM9LWM0D4loKWxJek';
const body = '{"test": 2432232314}';
const now = 1_614_265_330_000;

describe('a signed message', () => {
  it('carries the signature that the specification gives for it', () => {
    expect(signedHeaders([secret], {id, body, now})).toMatchObject({
      'webhook-id': id,
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    });
  });

  it('is believed under any of the secrets, for five minutes either way', () => {
    const headers = signedHeaders([other, secret], {id, body, now});
    expect(isSigned([secret], headers, {body, now})).toBe(true);
    expect(isSigned([other], headers, {body, now: now + 299_000})).toBe(true);
    expect(isSigned([secret], headers, {body, now: now + 301_000})).toBe(false);
    expect(isSigned([secret], headers, {body, now: now - 301_000})).toBe(false);
  });

  it('is not believed when anything of it is another, is missing or comes twice', () => {
    const headers = signedHeaders([secret], {id, body, now});
    expect(isSigned([other], headers, {body, now})).toBe(false);
    expect(isSigned([secret], headers, {body: `${body} `, now})).toBe(false);
    for (const name of ['webhook-id', 'webhook-timestamp', 'webhook-signature']) {
      expect(isSigned([secret], {...headers, [name]: undefined}, {body, now})).toBe(false);
      expect(isSigned([secret], {...headers, [name]: [headers[name] ?? '']}, {body, now})).toBe(false);
      expect(isSigned([secret], {...headers, [name]: `${headers[name]}0`}, {body, now})).toBe(false);
    }
    expect(isSigned([secret], {...headers, 'webhook-signature': 'v1,'}, {body, now})).toBe(false);
  });
});

describe('a secret', () => {
  it.each([
    '',
    'whsec_',
    'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    `whsec_${Buffer.alloc(23).toString('base64')}`,
    `whsec_${Buffer.alloc(65).toString('base64')}`,
    'whsec_not base64!',
  ])('is none as %j', (text) => expect(readWebhookSecret(text)).toBeUndefined());
});
