import {createHash} from 'node:crypto';
import {describe, expect, it} from 'vitest';
import {SecretStore} from '../testing/secret-store.ts';
import {type ApiKeyRotation, rotateApiKey} from './api-key.ts';

const hashOf = (key: string) => createHash('sha256').update(key).digest('hex');
const old = 'otp_shop_old';
const now = Date.parse('2027-01-15T08:00:00Z');
const until = '2027-01-22T08:00:00.000Z';
const clientOf = (secret: string) => ({
  apiKeys: [{id: 'first', sha256: {file: `/run/secrets/otp/${secret.replace(/^otp-/, '')}/sha256`}}],
});
const environment = {
  namespace: 'otp',
  service: {clients: {shop: clientOf('otp-api-key'), load: clientOf('otp-api-key-load')}},
};

async function setUp() {
  const store = new SecretStore();
  const body = {metadata: {name: 'otp-api-key'}, stringData: {'api-key': old, sha256: hashOf(old)}};
  await store.cluster.core.createNamespacedSecret({namespace: 'otp', body});
  const values = () => store.values('otp/otp-api-key');
  const rotate = async (changes: Partial<ApiKeyRotation> = {}) => {
    const delivered = async () => {};
    const said: string[] = [];
    const options = {environment, secret: 'otp-api-key', now, delivered, ...changes};
    for await (const line of rotateApiKey(store.cluster, options)) said.push(line);
    return said.join('\n');
  };
  return {values, rotate};
}

describe('an API key', () => {
  it('is replaced once every pod accepts the new one, and works on until its end; the report holds neither', async () => {
    const {values, rotate} = await setUp();
    let seen: Record<string, string> = {};
    const report = await rotate({
      delivered: async () => {
        seen = values();
      },
    });
    expect(seen['api-key'], 'callers still read the old one').toBe(old);
    const {'api-key': key = '', sha256, ...rest} = values();
    expect(key).toMatch(/^otp_shop_.{20,}$/);
    expect({sha256, rest}).toEqual({sha256: `${hashOf(key)},${hashOf(old)}@${until}`, rest: {}});
    expect(report).toContain(until);
    for (const secret of [old, key]) expect(report).not.toContain(secret);
  });

  it('is not replaced by a third one while two are valid, but is after that', async () => {
    const {values, rotate} = await setUp();
    await rotate();
    const {'api-key': second = '', ...before} = values();
    await expect(rotate({now: now + 1000})).rejects.toThrow(
      `two keys of Secret otp-api-key are valid until ${until}: a third would end one`,
    );
    expect(values()).toEqual({...before, 'api-key': second});
    await rotate({now: Date.parse(until)});
    const {'api-key': third = '', sha256} = values();
    expect(sha256).toBe(`${hashOf(third)},${hashOf(second)}@2027-01-29T08:00:00.000Z`);
  });

  it('goes on with the key that an interrupted run had made', async () => {
    const {values, rotate} = await setUp();
    const delivered = async () => {
      throw new Error('the connection is gone');
    };
    await expect(rotate({delivered})).rejects.toThrow('the connection is gone');
    const {'api-key-next': made, sha256} = values();
    await rotate({now: now + 60_000});
    expect(values()).toEqual({'api-key': made, sha256});
  });

  it('has to be named where there are several', async () => {
    const {rotate} = await setUp();
    for (const [secret, told] of [
      [undefined, '--secret NAME: expected one of otp-api-key, otp-api-key-load'],
      ['otp-api', '--secret otp-api: expected one of otp-api-key, otp-api-key-load'],
    ] as const)
      await expect(rotate({secret})).rejects.toThrow(told);
  });
});
