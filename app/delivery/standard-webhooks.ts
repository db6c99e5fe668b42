import {createHmac, timingSafeEqual} from 'node:crypto';

/** Messages between servers, signed after Standard Webhooks 1.0 (symmetric, `v1`). */

const prefix = 'whsec_';
const [minSecretBytes, maxSecretBytes] = [24, 64];
const toleranceMs = 300_000;

/** What a secret is made of; undefined if it is not `whsec_` and base64 of 24 to 64 bytes. */
export function readWebhookSecret(text: string): Buffer | undefined {
  const base64 = text.slice(prefix.length);
  if (!text.startsWith(prefix) || !/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return undefined;
  const secret = Buffer.from(base64, 'base64');
  return secret.length >= minSecretBytes && secret.length <= maxSecretBytes ? secret : undefined;
}

/** The headers of a signed message. Of several secrets each signs, so that one can replace another. */
export function signedHeaders(
  secrets: readonly Buffer[],
  {id, body, now}: {readonly id: string; readonly body: string; readonly now: number},
): Record<string, string> {
  const timestamp = String(Math.floor(now / 1000));
  return {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': secrets.map((secret) => `v1,${signature(secret, id, timestamp, body)}`).join(' '),
  };
}

/** Whether one of the secrets has signed the message within five minutes of `now`. */
export function isSigned(
  secrets: readonly Buffer[],
  headers: Readonly<Record<string, string | readonly string[] | undefined>>,
  {body, now}: {readonly body: string; readonly now: number},
): boolean {
  const [id, timestamp, signatures] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map(
    (name) => headers[name],
  );
  if (typeof id !== 'string' || typeof timestamp !== 'string' || typeof signatures !== 'string') return false;
  if (!/^\d{1,12}$/.test(timestamp) || Math.abs(now - Number(timestamp) * 1000) > toleranceMs) return false;
  const presented = signatures
    .split(' ')
    .flatMap((each) => (each.startsWith('v1,') ? [Buffer.from(each.slice(3))] : []));
  return secrets.some((secret) => {
    const expected = Buffer.from(signature(secret, id, timestamp, body));
    return presented.some((each) => each.length === expected.length && timingSafeEqual(each, expected));
  });
}

function signature(secret: Buffer, id: string, timestamp: string, body: string): string {
  return createHmac('sha256', secret).update(`${id}.${timestamp}.${body}`).digest('base64');
}
