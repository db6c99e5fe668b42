import {createHash} from 'node:crypto';
import type {ConfigurationFile} from './schema.ts';

/** What a laptop runs with when nothing is configured. Production refuses each of these values. */

export const developmentApiKey = 'otp_dev_development-only-key';
export const developmentSecretKeys = `dev:${Buffer.from('development only, not a secret!!').toString('base64')}`;
export const developmentPseudonymKey = Buffer.from('development only pseudonym key!!').toString('base64');

export const developmentFile: Pick<ConfigurationFile, 'clients' | 'providers' | 'channels'> & {sandbox: object} & {
  policies: Record<string, object>;
} = {
  policies: {
    login: {channels: ['sms', 'email']},
    payment: {channels: ['sms', 'email'], lifetimeSeconds: 120, maxAttempts: 3, blockAfter: 5},
  },
  clients: {
    dev: {
      limits: {},
      apiKeys: [
        {
          id: 'development',
          sha256: createHash('sha256').update(developmentApiKey).digest('hex'),
          scopes: ['verify', 'manage'],
        },
      ],
    },
  },
  sandbox: {clients: ['dev']},
  providers: {inbox: {kind: 'inbox'}},
  channels: {sms: ['inbox'], email: ['inbox']},
};
