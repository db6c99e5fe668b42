import type {LoadedEnvironment} from '../environment/load.ts';
import {redisCertificateNames} from '../redis/endpoint.ts';
import {redisAcl, redisAuthoritySecret, redisTls, redisUserSecret, redisUsers, serviceKeys} from '../secrets/names.ts';
import {makeApiKey, wantedApiKeys} from './api-keys.ts';
import {makeAuthority, makeCertificate} from './certificates.ts';
import type {EnsuredSecret, SecretRecipe, Values} from './ensure-secret.ts';
import {randomKey, randomPassword, sha256} from './random.ts';

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

  const hashes: Record<string, string> = {};
  for (const user of redisUsers) {
    const {name, password} = redisUserSecret(user);
    const {values} = await inWorkload(name, () => ({[password]: randomPassword()}));
    hashes[user] = `#${sha256(values[password] ?? '')}`;
  }
  await inWorkload(redisAcl, () => hashes);

  const authority = await ensure({
    namespace: state.namespace,
    name: redisAuthoritySecret(environmentName),
    environmentName,
    make: async (existing) => {
      if (Object.keys(existing).length > 0) return {};
      const {certificatePem, keyPem} = await makeAuthority(`OTP Service Redis CA ${environmentName}`);
      return {[redisTls.certificate]: certificatePem, [redisTls.key]: keyPem};
    },
  });
  await inWorkload(redisTls.name, (existing) => certificateUnlessThere(existing, authority.values, namespace));
}

/** Whole or not at all: a key of one certificate beside the certificate of another fits nothing. */
async function certificateUnlessThere(existing: Values, authority: Values, namespace: string): Promise<Values> {
  if (Object.keys(existing).length > 0) return {};
  const {[redisTls.certificate]: certificatePem, [redisTls.key]: keyPem} = authority;
  if (certificatePem === undefined || keyPem === undefined)
    throw new Error('the Secret of the certificate authority lacks tls.crt or tls.key');
  return makeCertificate({certificatePem, keyPem}, redisCertificateNames(namespace));
}
