import {createSecretKey} from 'node:crypto';
import {describe, expect, it} from 'vitest';
import {createClient} from './client.ts';
import type {Policy} from './policy.ts';
import {ipPrefix, limitsOf} from './rate-limit.ts';
import {parseRecipient} from './recipient.ts';

const key = createSecretKey(Buffer.alloc(32, 1));
const limit = {count: 5, perSeconds: 60};
const policy = {name: 'login', limits: {policy: limit, recipient: limit}} as unknown as Policy;
const client = createClient('shop', [], [], {client: limit, ip: limit});

function tagOf(name: string, to: string, ip?: string): string | undefined {
  const recipient = parseRecipient(to);
  if (recipient === undefined) throw new Error(`not a recipient: ${to}`);
  return limitsOf(key, client, policy, recipient, ip).find((each) => each.name === name)?.tag;
}

describe('limits', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::9', '2001:db8:1:2::/64'],
    ['2001:db8:1:3::9', '2001:db8:1:3::/64'],
    ['::1', '0:0:0:0::/64'],
  ])('count the address %s as %s', (ip, prefix) => {
    expect(ipPrefix(ip)).toBe(prefix);
  });

  it.each(['', 'localhost', '203.0.113', '203.0.113.256', '2001:db8::1::2', '1.2.3.4/24'])(
    'know that %j is no address',
    (ip) => {
      expect(ipPrefix(ip)).toBeUndefined();
    },
  );

  it.each([
    ['ada+shop@example.com', 'ada@example.com'],
    ['A.d.a+x@gmail.com', 'ada@googlemail.com'],
    ['ADA@example.com', 'ada@EXAMPLE.com'],
  ])('count %s and %s as one mailbox', (a, b) => {
    expect(tagOf('recipient', a)).toBe(tagOf('recipient', b));
  });

  it.each([
    ['a.da@example.com', 'ada@example.com'],
    ['ada@example.com', 'ada@example.org'],
  ])('count %s and %s as two', (a, b) => {
    expect(tagOf('recipient', a)).not.toBe(tagOf('recipient', b));
  });

  it('are counted for what they are named after, and the one for addresses only where there is one', () => {
    expect(tagOf('client', 'ada@example.com')).toBe(tagOf('client', 'bob@example.com'));
    expect(tagOf('policy', 'ada@example.com')).toBe(tagOf('policy', 'bob@example.com'));
    expect(tagOf('ip', 'ada@example.com')).toBeUndefined();
    expect(tagOf('ip', 'ada@example.com', '2001:db8::1')).toBe(tagOf('ip', 'bob@example.com', '2001:db8::2'));
    expect(
      new Set(['client', 'ip', 'policy', 'recipient'].map((name) => tagOf(name, 'ada@example.com', '203.0.113.7')))
        .size,
    ).toBe(4);
  });
});
