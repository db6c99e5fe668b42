import {createHmac, createSecretKey, randomBytes} from 'node:crypto';
import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {createKeyring} from './keyring.ts';
import {codeMac, macOf, macOfBytes, macText} from './mac.ts';
import {partitionCount, pseudonymOf} from './pseudonym.ts';
import {seal, unseal} from './seal.ts';

const keys = createKeyring([{kid: 'k1', secret: randomBytes(32)}]).current;
const otherKeys = createKeyring([{kid: 'k1', secret: randomBytes(32)}]).current;

describe('a MAC', () => {
  it('is HMAC-SHA-256 as Node has it, for keys and messages of every length', () => {
    const lengthThenText = (field: string) => {
      const bytes = Buffer.from(field);
      const length = Buffer.alloc(4);
      length.writeUInt32BE(bytes.length);
      return Buffer.concat([length, bytes]);
    };
    const texts = fc.array(fc.string({unit: 'binary', maxLength: 800}), {maxLength: 4});
    fc.assert(
      fc.property(fc.uint8Array({minLength: 1, maxLength: 150}), texts, (secret, fields) => {
        const key = createSecretKey(secret);
        const message = Buffer.concat(fields.map(lengthThenText));
        const expected = createHmac('sha256', secret).update(message).digest();
        expect(macOf(key, ...fields).equals(expected)).toBe(true);
        expect(macOfBytes(key, message).equals(expected)).toBe(true);
        for (const bytes of [6, 12, 32] as const)
          expect(macText(key, bytes, ...fields)).toBe(expected.subarray(0, bytes).toString('base64url'));
      }),
      {numRuns: 40},
    );
  });

  it('is bound to each of its fields and to where one ends', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), {maxLength: 4}), fc.array(fc.string(), {maxLength: 4}), (a, b) => {
        const same = a.length === b.length && a.every((field, index) => field === b[index]);
        expect(macOf(keys.code, ...a).equals(macOf(keys.code, ...b))).toBe(same);
      }),
    );
    expect(macOf(keys.code, 'ab', 'c')).not.toEqual(macOf(keys.code, 'a', 'bc'));
  });

  it('of a code differs by client, verification, code and key', () => {
    const macs = [
      codeMac(keys, 'shop', 'id', '123456'),
      codeMac(keys, 'bank', 'id', '123456'),
      codeMac(keys, 'shop', 'id2', '123456'),
      codeMac(keys, 'shop', 'id', '123457'),
      codeMac(otherKeys, 'shop', 'id', '123456'),
    ];
    expect(new Set(macs).size).toBe(5);
    expect(macs[0]).toHaveLength(43);
  });
});

describe('a pseudonym', () => {
  it('differs by client, policy and recipient; the partition is the same for all policies', () => {
    const key = createSecretKey(randomBytes(32));
    const tags = [
      pseudonymOf(key, 'a', 'login', 'x'),
      pseudonymOf(key, 'b', 'login', 'x'),
      pseudonymOf(key, 'a', 'payment', 'x'),
      pseudonymOf(key, 'a', 'login', 'y'),
    ].map(({tag}) => tag.toString('hex'));
    expect(new Set(tags).size).toBe(4);
    fc.assert(
      fc.property(fc.string(), (recipient) => {
        const {partition} = pseudonymOf(key, 'a', 'login', recipient);
        expect(partition).toBe(pseudonymOf(key, 'a', 'payment', recipient).partition);
        expect(partition).toBeLessThan(partitionCount);
      }),
    );
  });
});

describe('a sealed text', () => {
  it('opens under its key and context only, and is different every time', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (context, text) => {
        const sealed = seal(keys, context, text);
        expect(unseal(keys, context, sealed)).toBe(text.toWellFormed());
        expect(unseal(otherKeys, context, sealed)).toBeUndefined();
        expect(unseal(keys, `${context} `, sealed)).toBeUndefined();
        expect(seal(keys, context, text)).not.toBe(sealed);
      }),
    );
  });

  it('that was cut or changed does not open', () => {
    const sealed = Buffer.from(seal(keys, 'id', '123456'), 'base64url');
    for (let length = 0; length < sealed.length; length++)
      expect(unseal(keys, 'id', sealed.subarray(0, length).toString('base64url'))).toBeUndefined();
    for (let index = 0; index < sealed.length; index++) {
      const changed = Buffer.from(sealed);
      changed.writeUInt8(changed.readUInt8(index) ^ 1, index);
      expect(unseal(keys, 'id', changed.toString('base64url'))).toBeUndefined();
    }
  });
});
