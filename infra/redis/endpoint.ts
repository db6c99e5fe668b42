import type {Environment} from '../environment/schema.ts';
import {componentName, ports} from '../lib/names.ts';
import {type SecretFile, secretPath} from '../secrets/files.ts';
import {redisTls, redisUserSecret} from '../secrets/names.ts';
import {masterName, redisHosts, redisPodNames} from './names.ts';

const appSecret = redisUserSecret('app');
const password: SecretFile = {secret: appSecret.name, key: appSecret.password};
const ca: SecretFile = {secret: redisTls.name, key: redisTls.ca};

/** The Redis of mode single. */
const redisHost = (namespace: string) => `${componentName('redis')}.${namespace}.svc`;

/** The service's settings for the store: all of it computed from the environment, whatever construct provides it. */
export function redisSettings(environment: Environment): Record<string, string> {
  const {redis, namespace} = environment;
  const trust = {REDIS_CA_FILE: secretPath(ca)};
  const login = {REDIS_USERNAME: 'app', REDIS_PASSWORD_FILE: secretPath(password)};
  switch (redis.mode) {
    case 'replicated':
      return {
        REDIS_SENTINELS: redisHosts(environment)
          .map((host) => `${host}:${ports.sentinel}`)
          .join(','),
        REDIS_MASTER_NAME: masterName,
        REDIS_TLS: 'on',
        ...login,
        REDIS_SENTINEL_USERNAME: 'app',
        REDIS_SENTINEL_PASSWORD_FILE: secretPath(password),
        ...trust,
      };
    case 'single':
      return {REDIS_URL: `rediss://${redisHost(namespace)}:${ports.redis}/0`, ...login, ...trust};
    case 'external':
      return externalSettings(redis.external);
  }
}

function externalSettings(external: Environment['redis']['external']): Record<string, string> {
  if (external === undefined) throw new Error('redis.external is checked with the rules of the environment');
  const {url, sentinels, masterName: name = '', cluster, username, privateCa, waitReplicas} = external;
  return {
    ...(url === undefined ? {REDIS_TLS: 'on'} : {REDIS_URL: url}),
    ...(sentinels === undefined ? {} : {REDIS_SENTINELS: sentinels.join(','), REDIS_MASTER_NAME: name}),
    ...(cluster === undefined ? {} : {REDIS_CLUSTER: cluster.join(',')}),
    ...(username === undefined ? {} : {REDIS_USERNAME: username}),
    REDIS_PASSWORD_FILE: secretPath(password),
    ...(privateCa === true ? {REDIS_CA_FILE: secretPath(ca)} : {}),
    ...(waitReplicas === undefined ? {} : {REDIS_WAIT_REPLICAS: String(waitReplicas)}),
  };
}

/** What the service reads to log in, and to know that it is Redis that answers. */
export function redisClientFiles({redis}: Environment): SecretFile[] {
  return redis.mode === 'external' && redis.external?.privateCa !== true ? [password] : [password, ca];
}

/** Names that the certificate of Redis bears: its Services, short and full, for clients that check them. */
export function redisCertificateNames(environment: Pick<Environment, 'namespace' | 'network'>): string[] {
  const {namespace, network} = environment;
  const names = [componentName('redis'), ...redisPodNames];
  return [
    'localhost',
    ...names.flatMap((name) => [
      name,
      `${name}.${namespace}`,
      `${name}.${namespace}.svc`,
      `${name}.${namespace}.svc.${network.dns.domain}`,
    ]),
  ];
}
