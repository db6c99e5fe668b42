import type {Environment} from '../environment/schema.ts';
import {ports} from '../lib/names.ts';
import {redisEndpoint, redisSettings} from '../redis/endpoint.ts';
import {type SecretFile, secretFilesIn, secretPath} from '../secrets/files.ts';
import {serviceKeys} from '../secrets/names.ts';

const secretKeys = {secret: serviceKeys.name, key: serviceKeys.secretKeys};
const pseudonymKey = {secret: serviceKeys.name, key: serviceKeys.pseudonymKey};

export const configFolder = '/etc/otp';
export const configFile = 'otp.yaml';

/** The environment variables of the service: no secret among them, only where one is. */
export function appSettings(environment: Environment): Record<string, string> {
  const {app} = environment;
  return {
    NODE_ENV: 'production',
    HOST: '0.0.0.0',
    PORT: String(ports.http),
    METRICS_PORT: String(ports.metrics),
    LOG_LEVEL: app.logLevel,
    OTP_CONFIG: `${configFolder}/${configFile}`,
    OTP_SECRET_KEYS_FILE: secretPath(secretKeys),
    OTP_PSEUDONYM_KEY_FILE: secretPath(pseudonymKey),
    DRAIN_DELAY_SECONDS: String(app.drainDelaySeconds),
    SHUTDOWN_TIMEOUT_SECONDS: String(app.shutdownTimeoutSeconds),
    ...(app.publicUrl === undefined ? {} : {PUBLIC_URL: app.publicUrl}),
    ...redisSettings(redisEndpoint(environment)),
  };
}

/** What the service reads: its keys, its Redis login, and every Secret that its configuration names by path. */
export function appSecretFiles(environment: Environment): SecretFile[] {
  const {password, ca} = redisEndpoint(environment);
  return [secretKeys, pseudonymKey, password, ca, ...secretFilesIn(environment.service)];
}
