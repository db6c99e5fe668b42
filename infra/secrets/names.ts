/** Secrets that bootstrap makes, unless they exist, and the keys in them. */
export const serviceKeys = {
  name: 'otp-service-keys',
  secretKeys: 'secret-keys',
  pseudonymKey: 'pseudonym-key',
} as const;
export const redisTls = {name: 'otp-redis-tls', ca: 'ca.crt', certificate: 'tls.crt', key: 'tls.key'} as const;
/** Certificate authority of an environment's Redis; it lies beside the state, where no pod of the workload gets. */
export const redisAuthoritySecret = (environmentName: string) => `otp-redis-ca-${environmentName}`;
/** One key per Redis user: the hashes of its passwords, `#…`, one or (during a rotation) two. */
export const redisAcl = 'otp-redis-acl';
/** The password of a Redis user, for who logs in as it. */
export const redisUserSecret = (user: RedisUser) => ({name: `otp-redis-${user}`, password: 'password'}) as const;

/** app: the service. ops: the probes. */
export const redisUsers = ['app', 'ops'] as const;
export type RedisUser = (typeof redisUsers)[number];

/** Comes from the operator (or from cert-manager), not from bootstrap. */
export const ingressTls = 'otp-ingress-tls';
