import {createHash, randomBytes} from 'node:crypto';
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import type {Redis} from 'ioredis';
import {createKeyring} from '../domain/keyring.ts';

const redisUser = 'api';
const unusedPort = 9; // discard: nothing is ever sent

/**
 * What an operator would set up, made for one run. The bench holds the keys, and so can read the codes in the outbox.
 * The service's user may not read the outbox: its worker asks once a second, is refused, and delivers nothing, so that
 * what is measured is the API. Floor and bare deliver nothing either.
 */
export async function createInstallation(directory: string, {redis, redisUrl}: {redis: Redis; redisUrl: string}) {
  const password = randomBytes(24).toString('base64url');
  await redis.acl('SETUSER', redisUser, 'on', `>${password}`, '~*', '&*', '+@all', '-xreadgroup', '-xautoclaim');
  const secret = randomBytes(32);
  const client = 'bench';
  const apiKey = `otp_${client}_${randomBytes(24).toString('base64url')}`;
  const configuration = {
    // Ten minutes, the longest that the policy may say without further ado: no code expires within a turn.
    policies: {login: {lifetimeSeconds: 600, channels: ['email']}},
    clients: {
      [client]: {apiKeys: [{id: 'first', sha256: createHash('sha256').update(apiKey).digest('hex')}]},
    },
    providers: {
      mail: {kind: 'smtp', host: '127.0.0.1', port: unusedPort, tls: 'starttls', from: 'no-reply@bench.example'},
    },
    channels: {email: ['mail']},
  };
  const configurationPath = join(directory, 'otp.yaml');
  writeFileSync(configurationPath, JSON.stringify(configuration)); // JSON is YAML
  const secretKeys = `k1:${secret.toString('base64')}`;
  return {
    client,
    apiKey,
    keyring: createKeyring([{kid: 'k1', secret}]),
    /** Of the service, as production has it, on free ports but for those that the caller adds. */
    environment: {
      NODE_ENV: 'production',
      OTP_CONFIG: configurationPath,
      OTP_SECRET_KEYS: secretKeys,
      OTP_PSEUDONYM_KEY: randomBytes(32).toString('base64'),
      REDIS_URL: redisUrl,
      REDIS_USERNAME: redisUser,
      REDIS_PASSWORD: password,
      // The generator may keep Redis waiting where both share a core with others; that is not what is measured.
      STORE_TIMEOUT_MS: '10000',
      DRAIN_DELAY_SECONDS: '0',
    },
    /** Of floor and bare. */
    reference: {REDIS_URL: redisUrl, BENCH_CLIENT: client, BENCH_API_KEY: apiKey, OTP_SECRET_KEYS: secretKeys},
  };
}

export type Installation = Awaited<ReturnType<typeof createInstallation>>;
