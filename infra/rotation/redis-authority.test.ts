import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {makeAuthority, makeCertificate} from '../bootstrap/certificates.ts';
import {loadEnvironment} from '../environment/load.ts';
import {projectRoot} from '../lib/project-root.ts';
import {redisAuthoritySecret} from '../secrets/names.ts';
import {expectResumed, failingAt, misunderstandings, trusts} from '../testing/authority-pods.ts';
import {SecretStore} from '../testing/secret-store.ts';
import {type Pods, rotateRedisAuthority} from './redis-authority.ts';

const loaded = loadEnvironment(join(projectRoot, 'environments/example.yaml'), projectRoot);
const {namespace, state} = loaded.environment;
const tls = `${namespace}/otp-redis-tls`;
const authority = `${state.namespace}/${redisAuthoritySecret(loaded.name)}`;

async function setUp() {
  const store = new SecretStore();
  const {core} = store.cluster;
  const old = await makeAuthority('old');
  const secrets = {'tls.crt': old.certificatePem, 'tls.key': old.keyPem};
  const created = [
    [namespace, 'otp-redis-tls', await makeCertificate(old, ['localhost'])],
    [state.namespace, redisAuthoritySecret(loaded.name), secrets],
  ] as const;
  for (const [to, name, stringData] of created)
    await core.createNamespacedSecret({namespace: to, body: {metadata: {name}, stringData}});
  /** What pods have had one after the other: at each step some still have what was before it. */
  const had = [store.values(tls)];
  const rotate = async ({failAt = 0} = {}) => {
    const step = failingAt(failAt);
    const pods: Pods = {
      async see() {
        had.push(store.values(tls));
        step();
      },
      async *reload() {
        step();
        yield 'redis-0';
      },
    };
    const said: string[] = [];
    for await (const line of rotateRedisAuthority(store.cluster, loaded, pods)) said.push(line);
    return said;
  };
  return {store, old, had, rotate};
}

describe('the authority of Redis', () => {
  it('is replaced in three steps, at none of which a pod meets a certificate that it does not trust', async () => {
    const {store, old, had, rotate} = await setUp();
    expect(await rotate()).toMatchObject([/^1 of 3/, /^2 of 3/, /^3 of 3/].map((step) => expect.stringMatching(step)));
    expect(had).toHaveLength(4);
    expect(misunderstandings(had)).toEqual([]);
    const {'tls.crt': certificate, 'tls.key': key, ...rest} = store.values(authority);
    expect(certificate).not.toBe(old.certificatePem);
    expect(key).not.toBe(old.keyPem);
    expect(rest).toEqual({});
    expect(store.values(tls)['ca.crt']).toBe(certificate);
    expect(trusts({'ca.crt': old.certificatePem}, store.values(tls))).toBe(false);
  });

  it.each([1, 2, 3, 4, 5, 6])(
    'goes on with the one that it had made when it was interrupted at call %i',
    async (failAt) => expectResumed(await setUp(), failAt, {authority, tls}),
  );
});
