import type {Environment} from '../environment/schema.ts';
import {componentName} from '../lib/names.ts';
import {type SecretFile, secretPath} from '../secrets/files.ts';
import {appTls} from '../secrets/names.ts';
import {exclusiveLease} from './exclusive.ts';

const authority = {secret: appTls.name, key: appTls.ca};
const apiKeyOf = (client: string): SecretFile => ({secret: `otp-api-key-${client}`, key: 'api-key'});

export const jobSecretFiles = ({resilience}: Pick<Environment, 'resilience'>): SecretFile[] => [
  apiKeyOf(resilience.client),
  authority,
];

/** Where a job may write: reports, and what Node and k6 keep for the length of a run. */
export const writableFolders = {reports: '/srv/reports', temporary: '/tmp'} as const;

/** The environment of a job: who it is, whom it trusts, where it is. */
export function jobSettings({resilience, namespace}: Pick<Environment, 'resilience' | 'namespace'>) {
  return {
    OTP_API_KEY_FILE: secretPath(apiKeyOf(resilience.client)),
    OTP_POLICY: resilience.policy,
    // Node and k6 trust the authority of the API, and k6 no other.
    NODE_EXTRA_CA_CERTS: secretPath(authority),
    SSL_CERT_FILE: secretPath(authority),
    OTP_NAMESPACE: namespace,
    OTP_REDIS_STATEFULSET: componentName('redis'),
    OTP_APP_DEPLOYMENT: componentName('app'),
    OTP_CHAOS_LEASE: exclusiveLease,
    ...(resilience.alertmanager === undefined ? {} : {OTP_ALERTMANAGER_URL: resilience.alertmanager}),
  };
}
