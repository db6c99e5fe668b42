import {randomBytes} from 'node:crypto';
import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {createKeyring} from './keyring.ts';
import {createInstance, draftTagOf, issueId, parseId} from './verification-id.ts';

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
  random: randomBytes(8),
};

describe('an id', () => {
  it('tells the service what it was made of, under the current and under an older key', () => {
    for (const keys of [keyring.current, keyring.find('k1')]) {
      if (keys === undefined) throw new Error('no key');
      const {id, ...issued} = issueId(keys, about);
      expect(id).toMatch(new RegExp(`^v2_${keys.kid}_[A-Za-z0-9_-]{84}$`));
      expect(parseId(keyring, id)).toEqual({kind: 'ref', ref: {id, ...issued}});
      const {random, recipientTag, ...rest} = about;
      expect(issued).toMatchObject({
        ...rest,
        recipientTag: recipientTag.toString('base64url'),
        tag: random.toString('base64url'),
      });
      expect(issued).not.toHaveProperty('owner');
    }
  });

  it('tells who holds its verification; copies at several places have different ids and records, and one draft', () => {
    const owners = [undefined, createInstance(), createInstance()];
    const refs = owners.map((owner) => issueId(keyring.current, about, owner));
    expect(refs.map(({owner}) => owner)).toEqual(owners);
    expect(refs.map(({id}) => parseId(keyring, id))).toEqual(refs.map((ref) => ({kind: 'ref', ref})));
    expect(new Set(refs.map(({id}) => id)).size).toBe(3);
    expect(new Set(refs.map(({tag}) => tag)).size).toBe(3);
    expect(new Set(refs.map(draftTagOf))).toEqual(new Set([about.random.toString('base64url')]));
  });

  it('is the same whenever it is made for the same draft and owner', () => {
    const owner = createInstance();
    expect(issueId(keyring.current, about, owner)).toEqual(issueId(keyring.current, about, owner));
  });

  it('with any character changed is no id', () => {
    const {id} = issueId(keyring.current, about);
    fc.assert(
      fc.property(
        fc.integer({min: 'v2_k2_'.length, max: id.length - 1}),
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
    const another = {...about, random: randomBytes(8)};
    const [a, b] = [issueId(keyring.current, about), issueId(keyring.current, another)].map(({id}) =>
      Buffer.from(id.slice('v2_k2_'.length), 'base64url'),
    );
    if (a === undefined || b === undefined) throw new Error('no id');
    expect([...a].filter((byte, index) => byte === b[index]).length).toBeLessThan(8);
  });

  it.each([
    '',
    `v1_k2_${'A'.repeat(74)}`,
    'v1',
    'v2_k2_',
    `v2_k2_${'A'.repeat(84)}`,
    `v2_k2_${'A'.repeat(84)}`,
    `v2_K2_${'A'.repeat(84)}`,
    `v2_k2_${'A'.repeat(85)}`,
    '../../etc/passwd',
    '__proto__',
  ])('%j is none', (id) => {
    expect(parseId(keyring, id)).toEqual({kind: 'invalid'});
  });
});
