import {type Authority, makeAuthority, makeCertificate} from '../bootstrap/certificates.ts';
import type {Cluster} from '../cluster/connect.ts';
import type {LoadedEnvironment} from '../environment/load.ts';
import {redisCertificateNames} from '../redis/endpoint.ts';
import {redisAuthoritySecret, redisTls} from '../secrets/names.ts';
import {changeSecret, readSecret, type Values} from './change-secret.ts';
import {deliver, expectedOf} from './deliver.ts';
import {reloadRedis} from './reload-redis.ts';

/** What has to happen in the pods for a changed Secret to be in use. */
export interface Pods {
  /** Every pod of Redis and of the app sees these keys of the Secret. */
  see(values: Values): Promise<void>;
  /** Redis and its sentinels use them. The app reads what it trusts anew for each connection. */
  reload(): AsyncIterable<string>;
}

/** While one authority replaces the other, the Secret of the old one holds the new one, too: an interrupted run goes on with it. */
const [nextCertificate, nextKey] = ['next.crt', 'next.key'];

/**
 * Another authority for Redis in three steps: all trust both, Redis serves with a certificate of the new one, nobody trusts
 * the old one any more. At no time does a certificate meet somebody who does not trust its authority.
 */
export async function* rotateRedisAuthority(
  cluster: Cluster,
  {name, environment}: Pick<LoadedEnvironment, 'name' | 'environment'>,
  pods: Pods = podsIn(cluster, environment.namespace),
): AsyncGenerator<string> {
  const {namespace, state} = environment;
  const authoritySecret = redisAuthoritySecret(name);
  const {[redisTls.certificate]: old = '', ...kept} = await readSecret(cluster, state.namespace, authoritySecret);
  const next = await nextAuthority(kept, `OTP Service Redis CA ${name} of ${new Date().toISOString().slice(0, 10)}`);
  await changeSecret(cluster, state.namespace, authoritySecret, {
    [nextCertificate]: next.certificatePem,
    [nextKey]: next.keyPem,
  });
  const use = async (values: Values) => {
    await changeSecret(cluster, namespace, redisTls.name, values);
    await pods.see(values);
    for await (const _pod of pods.reload());
  };

  await use({[redisTls.ca]: `${old.trim()}\n${next.certificatePem.trim()}\n`});
  yield '1 of 3: Redis and the app trust the old authority and the new one';
  const {[redisTls.ca]: _ca, ...made} = await makeCertificate(next, redisCertificateNames(environment));
  await use(made);
  yield '2 of 3: Redis serves with a certificate of the new authority';
  await use({[redisTls.ca]: next.certificatePem});
  await changeSecret(cluster, state.namespace, authoritySecret, {
    [redisTls.certificate]: next.certificatePem,
    [redisTls.key]: next.keyPem,
    [nextCertificate]: undefined,
    [nextKey]: undefined,
  });
  yield '3 of 3: the old authority is trusted no more';
}

async function nextAuthority(
  {[nextCertificate]: certificatePem, [nextKey]: keyPem}: Values,
  commonName: string,
): Promise<Authority> {
  return certificatePem === undefined || keyPem === undefined ? makeAuthority(commonName) : {certificatePem, keyPem};
}

function podsIn(cluster: Cluster, namespace: string): Pods {
  return {
    async see(values) {
      const expected = expectedOf(redisTls.name, values);
      const trusted = expected.filter(({file}) => file.key === redisTls.ca);
      await deliver(cluster, {namespace, component: 'redis', expected});
      if (trusted.length > 0) await deliver(cluster, {namespace, component: 'app', expected: trusted});
    },
    reload: () => reloadRedis(cluster, namespace),
  };
}
