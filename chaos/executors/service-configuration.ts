import {createHash, randomBytes} from 'node:crypto';
import {writeFile} from 'node:fs/promises';
import path from 'node:path';
import {policies} from '../workload/policies.ts';

export interface ServiceConfiguration {
  readonly apiKey: string;
  readonly secretKeysFile: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** From SIGTERM until a process lets go. As in a roll-out, but shorter: the balancer looks five times a second. */
export const DRAIN_MS = 1_000;

/** The service's YAML file and keys for one run: the policies of the workload, and a client and keys that nobody else has. */
export async function writeServiceConfiguration(
  directory: string,
  providerYaml: string,
): Promise<ServiceConfiguration> {
  const apiKey = `otp_chaos_${randomBytes(16).toString('hex')}`;
  // A recipient may ask for the next code at once: who guesses on and on is held by the failure budget alone.
  const rules = 'codeLength: 6, alphabet: digits, maxAttempts: 5, resendIntervalSeconds: 0, channels: [email]';
  const limits = 'limits: {recipient: {count: 100, perSeconds: 60}}';
  const file = path.join(directory, 'otp.yaml');
  await writeFile(
    file,
    `policies:
${Object.entries(policies)
  .map(
    ([name, {lifetimeMs, maxPending}]) =>
      `  ${name}: {${rules}, ${limits}, maxPending: ${maxPending}, lifetimeSeconds: ${lifetimeMs / 1000}}`,
  )
  .join('\n')}
clients:
  chaos:
    apiKeys:
      - {id: run, sha256: ${createHash('sha256').update(apiKey).digest('hex')}, scopes: [verify]}
providers:
  people: ${providerYaml}
channels:
  email: [people]
`,
  );
  const secretKeysFile = path.join(directory, 'secret-keys');
  await writeFile(secretKeysFile, secretKey('k1'));
  return {
    apiKey,
    secretKeysFile,
    environment: {
      OTP_CONFIG: file,
      OTP_SECRET_KEYS_FILE: secretKeysFile,
      OTP_PSEUDONYM_KEY: randomBytes(32).toString('base64'),
      DRAIN_DELAY_SECONDS: String(DRAIN_MS / 1_000),
      SHUTDOWN_TIMEOUT_SECONDS: '10',
    },
  };
}

/** One of OTP_SECRET_KEYS. */
export function secretKey(kid: string): string {
  return `${kid}:${randomBytes(32).toString('base64')}`;
}
