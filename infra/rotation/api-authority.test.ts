import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {ensureAuthorityMap} from '../bootstrap/authority-map.ts';
import {ensureSecret} from '../bootstrap/ensure-secret.ts';
import {ensureAllSecrets} from '../bootstrap/recipes.ts';
import {loadEnvironment} from '../environment/load.ts';
import type {Environment} from '../environment/schema.ts';
import {projectRoot} from '../lib/project-root.ts';
import {appAuthoritySecret} from '../secrets/names.ts';
import {expectInterrupted, expectResumed, failingAt, misunderstandings, trusts} from '../testing/authority-pods.ts';
import {SecretStore} from '../testing/secret-store.ts';
import {rotateApiAuthority} from './api-authority.ts';

const example = loadEnvironment(join(projectRoot, 'environments/example.yaml'), projectRoot);
const {namespace, state} = example.environment;
const tls = `${namespace}/otp-app-tls`;
const copies = `${namespace}/otp-app-ca`;
const authority = `${state.namespace}/${appAuthoritySecret(example.name)}`;

async function setUp(exposure: Partial<Environment['exposure']> = {}) {
  const environment = {...example.environment, exposure: {...example.environment.exposure, ...exposure}};
  const loaded = {...example, environment};
  const store = new SecretStore();
  await ensureAllSecrets(loaded, (recipe) => ensureSecret(store.cluster, recipe));
  if (environment.exposure.kind === 'gateway') await ensureAuthorityMap(store.cluster, namespace, loaded.name);
  const old = store.values(authority);
  /** What pods have had one after the other: at each step some still have what was before it. */
  const had = [store.values(tls)];
  /** What stood before them has trusted at each of its steps, by whichever copy it goes. */
  const trusted: Record<string, string>[] = [];
  const rotate = async ({failAt = 0} = {}) => {
    const step = failingAt(failAt);
    const users = {
      async pods() {
        had.push(store.values(tls));
        step();
      },
      async controller() {
        const {'ca.crt': own = '', 'tls.crt': routed = ''} = store.values(copies);
        const mapped = store.maps.get(copies)?.data?.['ca.crt'] ?? own;
        for (const bundle of [own, routed, mapped]) trusted.push({'ca.crt': bundle});
        step();
      },
    };
    const said: string[] = [];
    for await (const line of rotateApiAuthority(store.cluster, loaded, users)) said.push(line);
    return said;
  };
  return {store, old, had, trusted, rotate};
}

describe('the authority of the API', () => {
  it.each(['ingress', 'gateway'] as const)(
    'is replaced in three steps, at none of which a pod or what stands before it meets a certificate that it does not trust (%s)',
    async (kind) => {
      const {store, old, had, trusted, rotate} = await setUp({kind});
      expect(await rotate()).toMatchObject(
        [/^1 of 3/, /^2 of 3/, /^3 of 3/].map((step) => expect.stringMatching(step)),
      );
      expect(had).toHaveLength(4);
      expect(misunderstandings(had)).toEqual([]);
      const [before = {}, , served = {}] = had;
      // Told of both before the pods show the new one, and of the new one alone after that.
      expect(trusted.map((bundle) => [trusts(bundle, before), trusts(bundle, served)])).toEqual([
        ...Array(3).fill([true, true]),
        ...Array(3).fill([false, true]),
      ]);
      const {'tls.crt': certificate, 'tls.key': key, ...rest} = store.values(authority);
      expect([certificate, key]).not.toContain(old['tls.crt']);
      expect(rest).toEqual({});
      expect(store.values(tls)['ca.crt']).toBe(certificate);
      expect(store.values(copies)).toEqual({'ca.crt': certificate, 'tls.crt': certificate});
      expect(store.maps.get(copies)?.data).toEqual(kind === 'gateway' ? {'ca.crt': certificate} : undefined);
    },
  );

  it.each([1, 2, 3, 4, 5])('goes on with the one that it had made when it was interrupted at call %i', async (failAt) =>
    expectResumed(await setUp(), failAt, {authority, tls}),
  );

  it.each([{kind: 'loadBalancer'}, {kind: 'ingress', controller: 'other'}] as const)(
    'waits for those whom it cannot tell: with $kind it ends when both are trusted, and goes on when it is run again',
    async (exposure) => {
      const rotation = await setUp(exposure);
      const {store, old, had, rotate} = rotation;
      await expectInterrupted(rotation, 1);
      expect(await rotate()).toMatchObject([
        expect.stringMatching(/^1 of 3/),
        expect.stringMatching(/^now yours: .*otp-app-ca/),
      ]);
      const bundle = store.values(copies);
      expect(trusts({'ca.crt': old['tls.crt'] ?? ''}, store.values(tls)), 'the old certificate is shown').toBe(true);
      expect((await rotate()).at(-1)).toMatch(/^3 of 3/);
      expect(trusts(bundle, store.values(tls)), 'who has been given both').toBe(true);
      expect(trusts({'ca.crt': old['tls.crt'] ?? ''}, store.values(tls))).toBe(false);
      expect(misunderstandings(had)).toEqual([]);
      expect(Object.keys(store.values(authority))).toEqual(['tls.crt', 'tls.key']);
    },
  );
});
