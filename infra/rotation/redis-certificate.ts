import {makeCertificate} from '../bootstrap/certificates.ts';
import type {Cluster} from '../cluster/connect.ts';
import type {LoadedEnvironment} from '../environment/load.ts';
import {redisCertificateNames} from '../redis/endpoint.ts';
import {redisAuthoritySecret, redisTls} from '../secrets/names.ts';
import {changeSecret, readSecret} from './change-secret.ts';
import {deliver, expectedOf} from './deliver.ts';
import {reloadRedis} from './reload-redis.ts';

/** A new certificate of the same authority. */
export async function* rotateRedisCertificate(
  cluster: Cluster,
  {name, environment}: LoadedEnvironment,
): AsyncGenerator<string> {
  const {namespace, state} = environment;
  const authority = await readSecret(cluster, state.namespace, redisAuthoritySecret(name));
  // What is trusted stays as it is: it may be two authorities, while one replaces the other.
  const {[redisTls.ca]: _ca, ...made} = await makeCertificate(
    {certificatePem: authority['tls.crt'] ?? '', keyPem: authority['tls.key'] ?? ''},
    redisCertificateNames(environment),
  );
  await changeSecret(cluster, namespace, redisTls.name, made);
  await deliver(cluster, {namespace, component: 'redis', expected: expectedOf(redisTls.name, made)});
  for await (const pod of reloadRedis(cluster, namespace)) yield `${pod} serves with the new certificate`;
}
