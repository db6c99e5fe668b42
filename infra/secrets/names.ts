/** Secrets that bootstrap makes, unless they exist, and the keys in them. */
export const serviceKeys = {
  name: 'otp-service-keys',
  secretKeys: 'secret-keys',
  pseudonymKey: 'pseudonym-key',
} as const;
export const redisTls = {name: 'otp-redis-tls', ca: 'ca.crt', certificate: 'tls.crt', key: 'tls.key'} as const;
/** Of the API and of the calls between pods; ca.crt is what an ingress controller and the other pods trust. */
export const appTls = {name: 'otp-app-tls', ca: 'ca.crt', certificate: 'tls.crt', key: 'tls.key'} as const;
/** A Secret (keys ca.crt and tls.crt) and a ConfigMap (ca.crt): the certificate of that authority alone, for who has to trust it. */
export const appAuthority = 'otp-app-ca';
/** Certificate authority of an environment's API; it lies beside the state, as that of Redis does. */
export const appAuthoritySecret = (environmentName: string) => `otp-app-ca-${environmentName}`;
/** Certificate authority of an environment's Redis; it lies beside the state, where no pod of the workload gets. */
export const redisAuthoritySecret = (environmentName: string) => `otp-redis-ca-${environmentName}`;
/** One key per Redis user: the hashes of its passwords, `#…`, one or (during a rotation) two. */
export const redisAcl = 'otp-redis-acl';
/** The password of a Redis user, for who logs in as it. */
export const redisUserSecret = (user: RedisUser) => ({name: `otp-redis-${user}`, password: 'password'}) as const;

/** app: the service. replica, sentinel: Redis and Sentinel among themselves. exporter: metrics. ops: the pods' scripts. */
export const redisUsers = ['app', 'replica', 'sentinel', 'exporter', 'ops'] as const;
/** A second key in the exporter's Secret: its password in the form that the exporter reads. */
export const exporterPasswords = 'passwords.json';
export type RedisUser = (typeof redisUsers)[number];

/** Comes from the operator (or from cert-manager), not from bootstrap. */
export const ingressTls = 'otp-ingress-tls';
