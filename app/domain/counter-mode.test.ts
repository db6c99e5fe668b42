import {createCipheriv, createSecretKey} from 'node:crypto';
import fc from 'fast-check';
import {expect, test} from 'vitest';
import {CounterMode} from './counter-mode.ts';

const bytes = (length: number) =>
  fc.uint8Array({minLength: length, maxLength: length}).map((each) => Buffer.from(each));
/** Also those from which the counter carries over one byte and over all of them. */
const iv = fc.oneof(
  bytes(16),
  fc.nat(16).map((free) => Buffer.concat([Buffer.alloc(free, 7), Buffer.alloc(16 - free, 0xff)])),
);

test('counter mode gives what Node’s AES-256-CTR gives, message after message under one key', () => {
  fc.assert(
    fc.property(
      bytes(32),
      fc.array(fc.tuple(iv, fc.uint8Array({maxLength: 100})), {maxLength: 5}),
      (secret, messages) => {
        const key = createSecretKey(secret);
        const mode = new CounterMode(key);
        for (const [first, message] of messages) {
          const text = Buffer.from(message);
          const expected = createCipheriv('aes-256-ctr', key, first).update(text);
          const encrypted = mode.apply(first, text);
          expect(encrypted.equals(expected)).toBe(true);
          expect(mode.apply(first, encrypted).equals(text)).toBe(true);
        }
      },
    ),
  );
});
