import type {SecretKey} from '../domain/keyring.ts';
import {type KeyPair, type KeyPairFiles, keyPairProblem} from '../tls/key-pair.ts';
import {developmentPseudonymKey, developmentSecretKeys} from './development.ts';
import {type PeerSettings, readPeerSettings} from './peer-settings.ts';
import {quote} from './problems.ts';
import {type RedisSettings, readRedisSettings} from './redis-settings.ts';
import {readTextFile} from './secret.ts';
import {createReader, type SettingReader} from './setting-reader.ts';
import {type Mode, type NameOf, settingTable} from './setting-table.ts';

/** With what the API speaks HTTPS. */
interface TlsSettings {
  readonly files: KeyPairFiles;
  /** What the files held at the start. */
  readonly pair: KeyPair;
}

/** What an operator injects through the environment. */
export interface Settings {
  readonly mode: Mode;
  readonly host: string;
  readonly port: number;
  readonly metricsHost: string;
  readonly metricsPort: number;
  readonly logLevel: string;
  readonly publicUrl?: string;
  /** Path of the configuration file. */
  readonly configurationPath?: string;
  readonly secretKeys: readonly [SecretKey, ...SecretKey[]];
  readonly pseudonymKey: Buffer;
  readonly redis?: RedisSettings;
  readonly tls?: TlsSettings;
  readonly peers?: PeerSettings;
  readonly storeTimeoutMs: number;
  readonly storeDeadlineMs: number;
  readonly drainDelaySeconds: number;
  readonly shutdownTimeoutSeconds: number;
}

const keyBytes = 32;

/** Reads the settings and adds a sentence to `problems` for each that is not right. */
export function readSettings(environment: NodeJS.ProcessEnv, problems: string[]): Settings {
  const reader = createReader(environment, problems);
  const {text, file, integer, choice, secret, refuse} = reader;
  const mode: Mode = choice('NODE_ENV');
  const production = mode === 'production';
  const host = text('HOST') ?? settingTable.HOST.default;
  const configurationPath = file('OTP_CONFIG');
  const tls = readTls(reader, host);
  const publicUrl = text('PUBLIC_URL');
  if (publicUrl !== undefined && !(/^https?:\/\/[^?#]+$/.test(publicUrl) && URL.canParse(publicUrl)))
    refuse('PUBLIC_URL', publicUrl, 'an address without a query, such as https://otp.example.com');
  if (production && environment.NODE_TLS_REJECT_UNAUTHORIZED === '0')
    problems.push('NODE_TLS_REJECT_UNAUTHORIZED is "0": it would turn the verification of certificates off');
  const whole = (name: NameOf<'integer'>) => integer(name, production);
  const [port, metricsPort] = [whole('PORT'), whole('METRICS_PORT')];
  const storeTimeoutMs = whole('STORE_TIMEOUT_MS');
  const usualDeadlineMs = Math.max(settingTable.STORE_DEADLINE_MS.default, storeTimeoutMs);
  const storeDeadlineMs = integer('STORE_DEADLINE_MS', production, usualDeadlineMs);
  if (storeDeadlineMs < storeTimeoutMs)
    reader.refuse('STORE_DEADLINE_MS', String(storeDeadlineMs), `at least STORE_TIMEOUT_MS, ${storeTimeoutMs}`);
  const redis = readRedisSettings(reader, storeTimeoutMs);
  const peers = readPeerSettings(reader, host, redis !== undefined);
  if (port !== 0 && port === metricsPort)
    problems.push(`METRICS_PORT: "${metricsPort}", expected another port than PORT`);
  return {
    mode,
    host,
    port,
    metricsHost: text('METRICS_HOST') ?? host,
    metricsPort,
    logLevel: choice('LOG_LEVEL'),
    secretKeys: readSecretKeys(secret('OTP_SECRET_KEYS'), production, problems),
    pseudonymKey: readPseudonymKey(secret('OTP_PSEUDONYM_KEY'), production, problems),
    storeTimeoutMs,
    storeDeadlineMs,
    drainDelaySeconds: whole('DRAIN_DELAY_SECONDS'),
    shutdownTimeoutSeconds: whole('SHUTDOWN_TIMEOUT_SECONDS'),
    ...(configurationPath === undefined ? {} : {configurationPath}),
    ...(redis === undefined ? {} : {redis}),
    ...(tls === undefined ? {} : {tls}),
    ...(peers === undefined ? {} : {peers}),
    ...(publicUrl === undefined ? {} : {publicUrl}),
  };
}

function readTls({file, refuse, problems}: SettingReader, host: string): TlsSettings | undefined {
  const certFile = file('TLS_CERT_FILE');
  const keyFile = file('TLS_KEY_FILE');
  if (certFile === undefined && keyFile === undefined) return undefined;
  if (certFile === undefined || keyFile === undefined) {
    const [set, missing] =
      certFile === undefined ? ['TLS_KEY_FILE', 'TLS_CERT_FILE'] : ['TLS_CERT_FILE', 'TLS_KEY_FILE'];
    problems.push(`${set} is set, but ${missing} is not`);
    return undefined;
  }
  // For localhost the server opens a second listener of its own, which would keep the old certificate for ever.
  if (host === 'localhost') refuse('HOST', host, 'with TLS one address, such as 127.0.0.1 or ::1');
  const files = {certFile, keyFile};
  const [cert, key] = [readTextFile(certFile), readTextFile(keyFile)];
  if ('problem' in cert) problems.push(`TLS_CERT_FILE: ${cert.problem}`);
  if ('problem' in key) problems.push(`TLS_KEY_FILE: ${key.problem}`);
  if ('problem' in cert || 'problem' in key) return undefined;
  const pair = {cert: cert.value, key: key.value};
  const problem = keyPairProblem(pair, files);
  if (problem !== undefined) problems.push(problem);
  return {files, pair};
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
  const keys: SecretKey[] = [];
  for (const [index, part] of (value ?? developmentSecretKeys).split(',').entries()) {
    const [kid = '', base64 = '', ...rest] = part.trim().split(':');
    const bytes = decodeKey(base64);
    if (rest.length > 0 || !kidPattern.test(kid) || bytes === undefined) {
      problems.push(
        `OTP_SECRET_KEYS: entry ${index + 1} (${kidPattern.test(kid) ? quote(`${kid}:…`) : 'not quoted'}) is not KID:BASE64 with a KID of 1 to 16 lower-case letters and digits and ${keyBytes} bytes in base64`,
      );
    } else if (keys.some((key) => key.kid === kid))
      problems.push(`OTP_SECRET_KEYS: the key id ${quote(kid)} comes twice`);
    else if (keys.some((key) => key.secret.equals(bytes)))
      problems.push(`OTP_SECRET_KEYS: the key ${quote(kid)} has the same bytes as another one`);
    else keys.push({kid, secret: bytes});
    if (production && value !== undefined && bytes !== undefined && isWellKnown(bytes))
      problems.push(`OTP_SECRET_KEYS: the key ${quote(kid)} is one that everybody knows`);
  }
  const [first, ...others] = keys;
  return first === undefined ? [{kid: 'none', secret: Buffer.alloc(keyBytes)}] : [first, ...others];
}

function readPseudonymKey(value: string | undefined, production: boolean, problems: string[]): Buffer {
  if (value === undefined && production)
    problems.push(
      'OTP_PSEUDONYM_KEY is missing: give base64 of 32 random bytes, for example $(openssl rand -base64 32)',
    );
  const key = decodeKey((value ?? developmentPseudonymKey).trim());
  if (production && value !== undefined && key !== undefined && isWellKnown(key))
    problems.push('OTP_PSEUDONYM_KEY is a key that everybody knows');
  if (key === undefined) problems.push(`OTP_PSEUDONYM_KEY is not ${keyBytes} bytes in base64`);
  return key ?? Buffer.alloc(keyBytes);
}

const kidPattern = /^[a-z0-9]{1,16}$/;

/** The keys of development, however they are written, and keys that are no secret at all: one byte again and again. */
function isWellKnown(key: Buffer): boolean {
  const development = [developmentSecretKeys.split(':')[1] ?? '', developmentPseudonymKey];
  return (
    development.some((base64) => Buffer.from(base64, 'base64').equals(key)) || key.every((byte) => byte === key[0])
  );
}

function decodeKey(base64: string): Buffer | undefined {
  const bytes = Buffer.from(base64, 'base64');
  return /^[A-Za-z0-9+/]+={0,2}$/.test(base64) && bytes.length === keyBytes ? bytes : undefined;
}
