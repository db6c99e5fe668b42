import type {Environment} from '../environment/schema.ts';
import {componentName, ports} from '../lib/names.ts';
import {type SecretFile, secretPath} from '../secrets/files.ts';
import {redisTls, redisUserSecret} from '../secrets/names.ts';

/** How a client reaches the store: all of it computed from the environment, whatever construct provides it. */
export interface RedisEndpoint {
  readonly kind: 'single';
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: SecretFile;
  readonly ca: SecretFile;
}

export function redisEndpoint({redis, namespace}: Pick<Environment, 'redis' | 'namespace'>): RedisEndpoint {
  const {name, password} = redisUserSecret('app');
  return {
    kind: redis.mode,
    host: `${componentName('redis')}.${namespace}.svc`,
    port: ports.redis,
    user: 'app',
    password: {secret: name, key: password},
    ca: {secret: redisTls.name, key: redisTls.ca},
  };
}

/** The service's settings for an endpoint. */
export function redisSettings({host, port, user, password, ca}: RedisEndpoint): Record<string, string> {
  return {
    REDIS_URL: `rediss://${host}:${port}/0`,
    REDIS_USERNAME: user,
    REDIS_PASSWORD_FILE: secretPath(password),
    REDIS_CA_FILE: secretPath(ca),
  };
}

/** Names that the certificate of Redis bears: its Service, short and full, for clients that check them. */
export function redisCertificateNames(namespace: string): string[] {
  const name = componentName('redis');
  return [
    'localhost',
    name,
    `${name}.${namespace}`,
    `${name}.${namespace}.svc`,
    `${name}.${namespace}.svc.cluster.local`,
  ];
}
