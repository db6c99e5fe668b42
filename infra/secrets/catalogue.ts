import {backEndTrust} from '../app/back-end-trust.ts';
import {appSecretFiles} from '../app/settings.ts';
import type {Environment} from '../environment/schema.ts';
import {certManagerSecrets} from '../foundation/certificates.ts';
import {exporterFiles} from '../redis/containers.ts';
import {redisSecretFiles} from '../redis/files.ts';
import {jobSecretFiles} from '../resilience/settings.ts';
import {keysBySecret} from './files.ts';
import {appTls, ingressTls} from './names.ts';

/** Every Secret that the stacks of an environment refer to, with the keys that they read of it. */
export function requiredSecrets(environment: Environment): Map<string, string[]> {
  const ingress =
    environment.exposure.kind === 'ingress' && environment.exposure.tls
      ? [
          {secret: ingressTls, key: 'tls.crt'},
          {secret: ingressTls, key: 'tls.key'},
        ]
      : [];
  const {authoritySecret} = backEndTrust(environment);
  const controller = authoritySecret === undefined ? [] : [{secret: authoritySecret, key: appTls.certificate}];
  const redis = environment.redis.mode === 'external' ? [] : [...redisSecretFiles, ...exporterFiles];
  return keysBySecret([
    ...appSecretFiles(environment),
    ...redis,
    ...(environment.resilience.enabled ? jobSecretFiles(environment) : []),
    ...ingress,
    ...controller,
  ]);
}

/** Those of them that have to be there before a deploy: what cert-manager makes comes with it. */
export function secretsBeforeDeploy(environment: Environment): Map<string, string[]> {
  const later = certManagerSecrets(environment);
  return new Map([...requiredSecrets(environment)].filter(([name]) => !later.has(name)));
}
