import type {Environment} from '../environment/schema.ts';
import {ports} from '../lib/names.ts';
import {redisClientFiles, redisSettings} from '../redis/endpoint.ts';
import {type SecretFile, secretFilesIn, secretPath} from '../secrets/files.ts';
import {appTls, serviceKeys} from '../secrets/names.ts';
import {peerHost} from './endpoint.ts';

const secretKeys = {secret: serviceKeys.name, key: serviceKeys.secretKeys};
const pseudonymKey = {secret: serviceKeys.name, key: serviceKeys.pseudonymKey};
const certificate = {secret: appTls.name, key: appTls.certificate};
const privateKey = {secret: appTls.name, key: appTls.key};
const authority = {secret: appTls.name, key: appTls.ca};

export const configFolder = '/etc/otp';
export const configFile = 'otp.yaml';

/** The environment variables of the service: no secret among them, only where one is. */
export function appSettings(environment: Environment): Record<string, string> {
  const {app, namespace} = environment;
  return {
    NODE_ENV: 'production',
    HOST: '0.0.0.0',
    PORT: String(ports.api),
    METRICS_PORT: String(ports.metrics),
    LOG_LEVEL: app.logLevel,
    OTP_CONFIG: `${configFolder}/${configFile}`,
    OTP_SECRET_KEYS_FILE: secretPath(secretKeys),
    OTP_PSEUDONYM_KEY_FILE: secretPath(pseudonymKey),
    DRAIN_DELAY_SECONDS: String(app.drainDelaySeconds),
    SHUTDOWN_TIMEOUT_SECONDS: String(app.shutdownTimeoutSeconds),
    ...(app.tls ? {TLS_CERT_FILE: secretPath(certificate), TLS_KEY_FILE: secretPath(privateKey)} : {}),
    // The pods call one another under a name that their one certificate bears, whatever address each of them has.
    PEERS: `${peerHost(namespace)}:${ports.peers}`,
    PEER_PORT: String(ports.peers),
    PEER_HOST: '0.0.0.0',
    PEER_TLS_CERT_FILE: secretPath(certificate),
    PEER_TLS_KEY_FILE: secretPath(privateKey),
    PEER_TLS_CA_FILE: secretPath(authority),
    PEER_TLS_SERVER_NAME: peerHost(namespace),
    ...(app.publicUrl === undefined ? {} : {PUBLIC_URL: app.publicUrl}),
    ...redisSettings(environment),
  };
}

/** What the service reads: its keys, its Redis login, and every Secret that its configuration names by path. */
export function appSecretFiles(environment: Environment): SecretFile[] {
  return [
    secretKeys,
    pseudonymKey,
    certificate,
    privateKey,
    authority,
    ...redisClientFiles(environment),
    ...secretFilesIn(environment.service),
  ];
}
