import {makeCertificate} from '../bootstrap/certificates.ts';
import type {Cluster} from '../cluster/connect.ts';
import type {LoadedEnvironment} from '../environment/load.ts';
import {redisCertificateNames} from '../redis/endpoint.ts';
import {redisAuthoritySecret, redisTls} from '../secrets/names.ts';
import {changeSecret, type Values} from './change-secret.ts';
import {deliver, expectedOf} from './deliver.ts';
import {exchangeAuthority} from './exchange-authority.ts';
import {reloadRedis} from './reload-redis.ts';

/** What has to happen in the pods for a changed Secret to be in use. */
export interface Pods {
  /** Every pod of Redis and of the app sees these keys of the Secret. */
  see(values: Values): Promise<void>;
  /** Redis and its sentinels use them. The app reads what it trusts anew for each connection. */
  reload(): AsyncIterable<string>;
}

/** Another authority for Redis, while it serves. */
export async function* rotateRedisAuthority(
  cluster: Cluster,
  {name, environment}: Pick<LoadedEnvironment, 'name' | 'environment'>,
  pods: Pods = podsIn(cluster, environment.namespace),
): AsyncGenerator<string> {
  const use = async (values: Values) => {
    await changeSecret(cluster, environment.namespace, redisTls.name, values);
    await pods.see(values);
    for await (const _pod of pods.reload());
  };
  yield* exchangeAuthority(cluster, {
    namespace: environment.state.namespace,
    secret: redisAuthoritySecret(name),
    commonName: `OTP Service Redis CA ${name}`,
    server: 'Redis',
    trusting: 'Redis and the app',
    trust: (authorities) => use({[redisTls.ca]: authorities}),
    async serve(authority) {
      const {[redisTls.ca]: _ca, ...made} = await makeCertificate(authority, redisCertificateNames(environment));
      await use(made);
    },
  });
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
