import {appCertificateNames} from '../app/endpoint.ts';
import type {LoadedEnvironment} from '../environment/load.ts';
import {certManagerSecrets} from '../foundation/certificates.ts';
import {redisCertificateNames} from '../redis/endpoint.ts';
import {
  appAuthority,
  appAuthoritySecret,
  appTls,
  redisAcl,
  redisAuthoritySecret,
  redisTls,
  redisUserSecret,
  redisUsers,
  serviceKeys,
} from '../secrets/names.ts';
import {makeApiKey, wantedApiKeys} from './api-keys.ts';
import {makeAuthority, makeCertificate} from './certificates.ts';
import type {EnsuredSecret, SecretRecipe, Values} from './ensure-secret.ts';
import {randomKey, randomPassword, sha256} from './random.ts';
import {redisLogin} from './redis-login.ts';

export type Ensure = (recipe: SecretRecipe) => Promise<EnsuredSecret>;

/** Every Secret that bootstrap makes, in an order in which each finds what it is made from. */
export async function ensureAllSecrets(
  {name: environmentName, environment}: LoadedEnvironment,
  ensure: Ensure,
): Promise<void> {
  const {namespace, state} = environment;
  const inWorkload = (name: string, make: SecretRecipe['make']) => ensure({namespace, name, environmentName, make});

  await inWorkload(serviceKeys.name, () => ({
    [serviceKeys.secretKeys]: `k1:${randomKey()}`,
    [serviceKeys.pseudonymKey]: randomKey(),
  }));
  for (const {client, secret} of wantedApiKeys(environment))
    await inWorkload(secret, (existing) => makeApiKey(client, existing));

  if (environment.redis.mode !== 'external') await ensureRedisLogins(inWorkload);

  const byCertManager = certManagerSecrets(environment);
  const makeIssuer = (secret: string, commonName: string) =>
    ensure({
      namespace: state.namespace,
      name: secret,
      environmentName,
      make: (existing) => authorityUnlessThere(existing, commonName),
    });
  if (!byCertManager.has(redisTls.name)) {
    const authority = await makeIssuer(
      redisAuthoritySecret(environmentName),
      `OTP Service Redis CA ${environmentName}`,
    );
    await inWorkload(redisTls.name, (existing) =>
      certificateUnlessThere(existing, authority.values, redisCertificateNames(environment)),
    );
  }
  if (byCertManager.has(appTls.name)) return;
  // An authority of its own: who may call Redis may not pass for the API.
  const authority = await makeIssuer(appAuthoritySecret(environmentName), `OTP Service API CA ${environmentName}`);
  await inWorkload(appTls.name, (existing) =>
    certificateUnlessThere(existing, authority.values, appCertificateNames(environment)),
  );
  const {[issuerCertificate]: certificate = ''} = authority.values;
  await inWorkload(appAuthority, () => ({[appTls.ca]: certificate, [appTls.certificate]: certificate}));
}

/** A password per user of Redis, and the hashes that Redis gets to see. */
async function ensureRedisLogins(
  ensure: (name: string, make: SecretRecipe['make']) => Promise<EnsuredSecret>,
): Promise<void> {
  const hashes: Record<string, string> = {};
  for (const user of redisUsers) {
    const {name, password} = redisUserSecret(user);
    const {values} = await ensure(name, (existing) => redisLogin(user, existing[password] ?? randomPassword()));
    hashes[user] = `#${sha256(values[password] ?? '')}`;
  }
  await ensure(redisAcl, () => hashes);
}

/** Keys of an authority's Secret. */
const issuerCertificate = 'tls.crt';
const issuerKey = 'tls.key';

async function authorityUnlessThere(existing: Values, commonName: string): Promise<Values> {
  if (Object.keys(existing).length > 0) return {};
  const {certificatePem, keyPem} = await makeAuthority(commonName);
  return {[issuerCertificate]: certificatePem, [issuerKey]: keyPem};
}

/** Whole or not at all: a key of one certificate beside the certificate of another fits nothing. */
async function certificateUnlessThere(
  existing: Values,
  authority: Values,
  dnsNames: readonly string[],
): Promise<Values> {
  if (Object.keys(existing).length > 0) return {};
  const {[issuerCertificate]: certificatePem, [issuerKey]: keyPem} = authority;
  if (certificatePem === undefined || keyPem === undefined)
    throw new Error('the Secret of the certificate authority lacks tls.crt or tls.key');
  return makeCertificate({certificatePem, keyPem}, dnsNames);
}
