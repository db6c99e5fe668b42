import type {SecretKey} from '../domain/keyring.ts';
import {developmentPseudonymKey, developmentSecretKeys} from './development.ts';
import {quote} from './problems.ts';
import {readSecretFile} from './secret.ts';

export type Mode = 'development' | 'production' | 'test';

interface RedisSettings {
  readonly url: string;
  readonly username?: string;
  readonly password?: string;
  /** PEM. */
  readonly ca?: string;
}

/** What an operator injects through the environment. */
export interface Settings {
  readonly mode: Mode;
  readonly host: string;
  readonly port: number;
  readonly metricsHost: string;
  readonly metricsPort: number;
  readonly logLevel: string;
  /** Path of the configuration file. */
  readonly configurationPath?: string;
  readonly secretKeys: readonly [SecretKey, ...SecretKey[]];
  readonly pseudonymKey: Buffer;
  readonly redis?: RedisSettings;
  readonly storeTimeoutMs: number;
  readonly drainDelaySeconds: number;
  readonly shutdownTimeoutSeconds: number;
}

const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'];
const modes: readonly Mode[] = ['development', 'production', 'test'];
const keyBytes = 32;

/** Reads the settings and adds a sentence to `problems` for each that is not right. */
export function readSettings(environment: NodeJS.ProcessEnv, problems: string[]): Settings {
  const refuse = (name: string, value: unknown, expected: string) =>
    problems.push(`${name}: ${quote(value)}, expected ${expected}`);
  const text = (name: string): string | undefined => environment[name] || undefined;
  const integer = (name: string, fallback: number, min: number, max: number): number => {
    const value = text(name);
    if (value === undefined) return fallback;
    if (/^\d{1,9}$/.test(value) && Number(value) >= min && Number(value) <= max) return Number(value);
    refuse(name, value, `a whole number from ${min} to ${max}`);
    return fallback;
  };
  const oneOf = <T extends string>(name: string, fallback: T, allowed: readonly T[]): T => {
    const value = text(name) ?? fallback;
    if (allowed.some((each) => each === value)) return value as T;
    refuse(name, value, allowed.join(', '));
    return fallback;
  };
  /** A secret, given as `NAME` or as the path in `NAME_FILE`. Its value is never quoted. */
  const secret = (name: string): string | undefined => {
    const literal = text(name);
    const path = text(`${name}_FILE`);
    if (literal !== undefined && path !== undefined)
      problems.push(`${name} and ${name}_FILE are both set, expected one of them`);
    if (path === undefined) return literal;
    const read = readSecretFile(path);
    if ('value' in read) return read.value;
    problems.push(`${name}_FILE: ${read.problem}`);
    return undefined;
  };

  const mode = oneOf('NODE_ENV', 'development', modes);
  const production = mode === 'production';
  const host = text('HOST') ?? '127.0.0.1';
  const configurationPath = text('OTP_CONFIG');
  const redis = readRedis({text, secret, refuse, problems});
  return {
    mode,
    host,
    port: integer('PORT', 8080, 0, 65_535),
    metricsHost: text('METRICS_HOST') ?? host,
    metricsPort: integer('METRICS_PORT', 9464, 0, 65_535),
    logLevel: oneOf('LOG_LEVEL', 'info', logLevels),
    secretKeys: readSecretKeys(secret('OTP_SECRET_KEYS'), production, problems),
    pseudonymKey: readPseudonymKey(secret('OTP_PSEUDONYM_KEY'), production, problems),
    storeTimeoutMs: integer('STORE_TIMEOUT_MS', 1000, 50, 60_000),
    drainDelaySeconds: integer('DRAIN_DELAY_SECONDS', production ? 5 : 0, 0, 300),
    shutdownTimeoutSeconds: integer('SHUTDOWN_TIMEOUT_SECONDS', 30, 1, 600),
    ...(configurationPath === undefined ? {} : {configurationPath}),
    ...(redis === undefined ? {} : {redis}),
  };
}

interface Reader {
  readonly text: (name: string) => string | undefined;
  readonly secret: (name: string) => string | undefined;
  readonly refuse: (name: string, value: unknown, expected: string) => void;
  readonly problems: string[];
}

function readRedis({text, secret, refuse, problems}: Reader): RedisSettings | undefined {
  const url = secret('REDIS_URL');
  const username = text('REDIS_USERNAME');
  const password = secret('REDIS_PASSWORD');
  const caFile = text('REDIS_CA_FILE');
  if (url === undefined) {
    for (const name of ['REDIS_USERNAME', 'REDIS_PASSWORD', 'REDIS_PASSWORD_FILE', 'REDIS_CA_FILE']) {
      if (text(name) !== undefined) problems.push(`${name} is set, but REDIS_URL is not`);
    }
    return undefined;
  }
  // The address may hold a password, so that what is quoted is only its beginning.
  if (!/^rediss?:\/\/[^/]+(\/\d{1,3})?\/?$/.test(url) || !URL.canParse(url))
    refuse('REDIS_URL', `${url.split(':')[0]}:…`, 'redis://HOST:PORT/DB or rediss://HOST:PORT/DB');
  const ca = caFile === undefined ? undefined : readSecretFile(caFile);
  if (ca !== undefined && 'problem' in ca) problems.push(`REDIS_CA_FILE: ${ca.problem}`);
  return {
    url,
    ...(username === undefined ? {} : {username}),
    ...(password === undefined ? {} : {password}),
    ...(ca !== undefined && 'value' in ca ? {ca: ca.value} : {}),
  };
}

function readSecretKeys(
  value: string | undefined,
  production: boolean,
  problems: string[],
): readonly [SecretKey, ...SecretKey[]] {
  if (value === undefined && production)
    problems.push(
      'OTP_SECRET_KEYS is missing: give kid:base64 of 32 random bytes, for example k1:$(openssl rand -base64 32)',
    );
  if (value === developmentSecretKeys && production)
    problems.push('OTP_SECRET_KEYS is the development key, which everybody knows');
  const keys: SecretKey[] = [];
  for (const [index, part] of (value ?? developmentSecretKeys).split(',').entries()) {
    const [kid = '', base64 = '', ...rest] = part.trim().split(':');
    const bytes = decodeKey(base64);
    if (rest.length > 0 || !/^[a-z0-9]{1,16}$/.test(kid) || bytes === undefined) {
      problems.push(
        `OTP_SECRET_KEYS: entry ${index + 1} (${quote(`${kid.slice(0, 16)}:…`)}) is not KID:BASE64 with a KID of 1 to 16 lower-case letters and digits and ${keyBytes} bytes in base64`,
      );
    } else if (keys.some((key) => key.kid === kid))
      problems.push(`OTP_SECRET_KEYS: the key id ${quote(kid)} comes twice`);
    else keys.push({kid, secret: bytes});
  }
  const [first, ...others] = keys;
  return first === undefined ? [{kid: 'none', secret: Buffer.alloc(keyBytes)}] : [first, ...others];
}

function readPseudonymKey(value: string | undefined, production: boolean, problems: string[]): Buffer {
  if (value === undefined && production)
    problems.push(
      'OTP_PSEUDONYM_KEY is missing: give base64 of 32 random bytes, for example $(openssl rand -base64 32)',
    );
  if (value === developmentPseudonymKey && production)
    problems.push('OTP_PSEUDONYM_KEY is the development key, which everybody knows');
  const key = decodeKey(value ?? developmentPseudonymKey);
  if (key === undefined) problems.push(`OTP_PSEUDONYM_KEY is not ${keyBytes} bytes in base64`);
  return key ?? Buffer.alloc(keyBytes);
}

function decodeKey(base64: string): Buffer | undefined {
  const bytes = Buffer.from(base64, 'base64');
  return /^[A-Za-z0-9+/]+={0,2}$/.test(base64) && bytes.length === keyBytes ? bytes : undefined;
}
