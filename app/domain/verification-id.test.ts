import {randomBytes} from 'node:crypto';
import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {createKeyring} from './keyring.ts';
import {issueId, parseId} from './verification-id.ts';

const keyring = createKeyring([
  {kid: 'k2', secret: randomBytes(32)},
  {kid: 'k1', secret: randomBytes(32)},
]);
const about = {
  clientTag: 0xdeadbeef,
  policyTag: 7,
  partition: 63,
  recipientTag: randomBytes(12),
  lifetimeSeconds: 300,
  createdAt: 1_800_000_000_123,
};

describe('an id', () => {
  it('tells the service what it was made of, under the current and under an older key', () => {
    for (const keys of [keyring.current, keyring.find('k1')]) {
      if (keys === undefined) throw new Error('no key');
      const {id, ...issued} = issueId(keys, about);
      expect(id).toMatch(new RegExp(`^v1_${keys.kid}_[A-Za-z0-9_-]{74}$`));
      expect(parseId(keyring, id)).toEqual({kind: 'ref', ref: {id, ...issued}});
      expect(issued).toMatchObject({...about, recipientTag: about.recipientTag.toString('base64url')});
    }
  });

  it('is never given twice, even for the same recipient in the same millisecond', () => {
    const ids = new Set(Array.from({length: 1000}, () => issueId(keyring.current, about).id));
    expect(ids.size).toBe(1000);
  });

  it('with any character changed is no id', () => {
    const {id} = issueId(keyring.current, about);
    fc.assert(
      fc.property(
        fc.integer({min: 'v1_k2_'.length, max: id.length - 1}),
        fc.constantFrom(...'ABCXYZabcxyz0189-_'),
        (index, character) => {
          if (id[index] === character) return;
          expect(parseId(keyring, id.slice(0, index) + character + id.slice(index + 1))).toEqual({kind: 'invalid'});
        },
      ),
    );
  });

  it('of another key under a known name is no id, and under an unknown name is told apart', () => {
    const other = createKeyring([
      {kid: 'k2', secret: randomBytes(32)},
      {kid: 'k9', secret: randomBytes(32)},
    ]);
    const unknown = other.find('k9');
    if (unknown === undefined) throw new Error('no key');
    expect(parseId(keyring, issueId(other.current, about).id)).toEqual({kind: 'invalid'});
    expect(parseId(keyring, issueId(unknown, about).id)).toEqual({kind: 'unknown_key', kid: 'k9'});
  });

  it('hides whom it is for: two ids of one recipient have nothing in common', () => {
    const [a, b] = [issueId(keyring.current, about), issueId(keyring.current, about)].map(({id}) =>
      Buffer.from(id.slice('v1_k2_'.length), 'base64url'),
    );
    if (a === undefined || b === undefined) throw new Error('no id');
    expect([...a].filter((byte, index) => byte === b[index]).length).toBeLessThan(8);
  });

  it.each([
    '',
    'v1',
    'v1_k2_',
    `v1_k2_${'A'.repeat(74)}`,
    `v2_k2_${'A'.repeat(74)}`,
    `v1_K2_${'A'.repeat(74)}`,
    `v1_k2_${'A'.repeat(75)}`,
    '../../etc/passwd',
    '__proto__',
  ])('%j is none', (id) => {
    expect(parseId(keyring, id)).toEqual({kind: 'invalid'});
  });
});
