import {stringify} from 'yaml';
import type {E2eSettings} from './settings.ts';
import {sink, sinkHost, sinkNamespace} from './sink/names.ts';

export const host = 'otp-e2e.example.com';
/** Made by the run between bootstrap and deploy, as an operator would. */
export const smtpSecret = 'otp-smtp';
/** Policy of the constant load. */
export const loadPolicy = 'load';
const smtpFolder = '/run/secrets/otp/smtp';

export const stateNamespace = (name: string) => `${name}-state`;

/** The environment file of a run: small, with its mail going to the sink. */
export function environmentYaml({name, context, image, redisImage, preset}: E2eSettings): string {
  return stringify({
    context,
    namespace: name,
    preset,
    state: {namespace: stateNamespace(name)},
    images: {app: image, ...(redisImage === undefined ? {} : {redis: redisImage})},
    // Few enough that two may share a node, so that one of three nodes can be drained or lost.
    // A minute of calm, so that a run sees the autoscaler take away what it has added.
    app: {minReplicas: 3, maxReplicas: 5, scaleDownAfterSeconds: 60, cpuRequestMillis: 100, drainDelaySeconds: 3},
    // Its share of the processors is the default: a hand-over has to go on while other pods start beside it.
    redis: {maxMemoryMiB: 64, storageGiB: 1},
    exposure: {host, tls: true},
    network: {providerExceptions: [{namespace: sinkNamespace(name), ports: [sink.smtpPort]}]},
    service: {
      policies: {
        login: {codeLength: 6, alphabet: 'digits', lifetimeSeconds: 300, maxAttempts: 5, channels: ['email']},
        // For the constant load: its codes come with the answers.
        [loadPolicy]: {codeLength: 6, lifetimeSeconds: 300, channels: ['direct'], returnCode: true},
      },
      clients: {
        shop: {
          apiKeys: [{id: 'first', sha256: {file: '/run/secrets/otp/api-key/sha256'}, scopes: ['verify']}],
        },
      },
      providers: {
        mail: {
          kind: 'smtp',
          host: sinkHost(name),
          port: sink.smtpPort,
          tls: 'starttls',
          username: sink.username,
          password: {file: `${smtpFolder}/password`},
          caFile: `${smtpFolder}/ca.crt`,
          from: 'OTP Service <no-reply@example.com>',
        },
      },
      channels: {email: ['mail']},
    },
  });
}
