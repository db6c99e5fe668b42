import {createHash} from 'node:crypto';
import {mkdtempSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {readConfiguration} from './configuration.ts';
import {developmentPseudonymKey, developmentSecretKeys} from './development.ts';
import {ConfigurationError} from './problems.ts';

const directory = mkdtempSync(join(tmpdir(), 'otp-config-'));
let files = 0;
function write(text: string): string {
  const path = join(directory, `${files++}`);
  writeFileSync(path, text);
  return path;
}

const keyBytes = Buffer.from(Array.from({length: 32}, (_, index) => index));
const key = keyBytes.toString('base64');
const sha256 = 'a'.repeat(64);
const yaml = `
policies:
  login: {channels: [email]}
clients:
  shop: {apiKeys: [{id: first, sha256: ${sha256}}]}
providers:
  mail: {kind: smtp, host: smtp.example.com, port: 587, tls: starttls, from: otp@example.com}
channels: {email: [mail]}
`;
const production = () => ({
  NODE_ENV: 'production',
  OTP_CONFIG: write(yaml),
  OTP_SECRET_KEYS: `k1:${key}`,
  OTP_PSEUDONYM_KEY: key,
  REDIS_URL: 'rediss://redis.example.com:6379',
});

function problemsOf(environment: NodeJS.ProcessEnv): readonly string[] {
  try {
    readConfiguration(environment);
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
}

describe('the configuration', () => {
  it('needs nothing in development', () => {
    const {settings, catalog} = readConfiguration({});
    expect(settings).toMatchObject({
      mode: 'development',
      host: '127.0.0.1',
      port: 8080,
      metricsPort: 9464,
      storeTimeoutMs: 1000,
      drainDelaySeconds: 0,
    });
    expect(settings.redis).toBeUndefined();
    expect([...catalog.clients.keys()]).toEqual(['dev']);
    expect(catalog.clients.get('dev')?.policies.get('login')).toMatchObject({
      codeLength: 6,
      lifetimeSeconds: 300,
      maxAttempts: 5,
      blockAfter: 100,
    });
  });

  it('reads a whole production set-up, with defaults filled in', () => {
    const {settings, catalog} = readConfiguration(production());
    expect(settings).toMatchObject({
      mode: 'production',
      drainDelaySeconds: 5,
      redis: {target: {kind: 'standalone', host: 'redis.example.com', port: 6379, db: 0}, tls: true, waitReplicas: 0},
    });
    expect(settings.secretKeys).toEqual([{kid: 'k1', secret: keyBytes}]);
    expect(catalog.clients.get('shop')?.apiKeys).toEqual([
      {id: 'first', sha256: Buffer.from(sha256, 'hex'), scopes: ['verify']},
    ]);
    expect(catalog.channels.get('email')).toEqual(['mail']);
  });

  it('reads secrets from files, without the line break at their end', () => {
    const settings = readConfiguration({
      OTP_SECRET_KEYS_FILE: write(`k1:${key}\n`),
      OTP_PSEUDONYM_KEY_FILE: write(`${key}\r\n`),
      REDIS_URL_FILE: write('redis://127.0.0.1:1'),
      REDIS_PASSWORD_FILE: write('  with spaces '),
    }).settings;
    expect(settings.pseudonymKey).toEqual(keyBytes);
    expect(settings.redis).toMatchObject({target: {host: '127.0.0.1', port: 1}, tls: false});
    expect(settings.redis?.credentials()).toEqual({password: '  with spaces '});
  });

  it('takes an API key’s hash and a provider’s secret from a file or the environment', () => {
    const path = write(
      yaml
        .replace(`sha256: ${sha256}`, `sha256: {file: ${write(`${sha256}\n`)}}`)
        .replace('from:', 'username: u, password: {env: SMTP_PASSWORD}, from:'),
    );
    const {catalog} = readConfiguration({OTP_CONFIG: path, SMTP_PASSWORD: 'secret'});
    expect(catalog.clients.get('shop')?.apiKeys[0]?.sha256.toString('hex')).toBe(sha256);
    expect(catalog.providers).toEqual([expect.objectContaining({name: 'mail', username: 'u', password: 'secret'})]);
  });

  it('names every fault at once, with the value and what was expected', () => {
    const problems = problemsOf({
      NODE_ENV: 'prod',
      PORT: '80800',
      LOG_LEVEL: 'loud',
      STORE_TIMEOUT_MS: '1s',
      OTP_SECRET_KEYS: 'K1:short',
      OTP_PSEUDONYM_KEY: 'x',
      REDIS_URL: 'http://user:hunter2@redis:6379',
      OTP_CONFIG: join(directory, 'none'),
    });
    expect(problems).toEqual([
      'NODE_ENV: "prod", expected development, production, test',
      'PORT: "80800", expected a whole number from 0 to 65535',
      'STORE_TIMEOUT_MS: "1s", expected a whole number from 50 to 60000',
      'REDIS_URL: "http://…", expected redis://HOST:PORT/DB or rediss://HOST:PORT/DB',
      'LOG_LEVEL: "loud", expected fatal, error, warn, info, debug, trace, silent',
      expect.stringMatching(/^OTP_SECRET_KEYS: entry 1 \(not quoted\) is not KID:BASE64/),
      'OTP_PSEUDONYM_KEY is not 32 bytes in base64',
      expect.stringMatching(/none: cannot be read: ENOENT/),
    ]);
    expect(problems.join()).not.toContain('hunter2');
    expect(problems.join()).not.toContain('short');
  });

  it('names every fault of a half-written file, with its place', () => {
    const path = write(`
policies:
  login: {channels: [email, pigeon], codeLength: 3, lifetime: 300}
  weak: {channels: [sms]}
clients:
  Shop: {apiKeys: []}
  shop: {policies: [login, paiment], apiKeys: [{id: first, sha256: plain-text}]}
providers:
  mail: {kind: smpt}
channels: {email: [mail]}
`);
    const problems = problemsOf({OTP_CONFIG: path}).map((problem) => problem.replace(`${path}: `, ''));
    expect(problems).toEqual(
      expect.arrayContaining([
        'policies.login.channels.1: "pigeon" is not one of sms, email, voice, whatsapp, webhook, direct',
        'policies.login: "lifetime" is not known here',
        expect.stringMatching(/^policies\.login\.codeLength: 3, expected must be >= 4/),
        'clients: "Shop" is not known here',
        'clients.shop.apiKeys.0.sha256: not quoted, expected the SHA-256 of the whole key as 64 hex digits, {file: PATH} or {env: NAME}',
        'providers.mail: "kind" is "smpt", expected smtp, twilio, http, webhook or inbox',
      ]),
    );
  });

  it('names what does not fit together', () => {
    const path = write(`
policies:
  login: {channels: [email, sms]}
  pin: {channels: [email], codeLength: 4, belowNist: true}
clients:
  shop: {policies: [login, paiment], apiKeys: [{id: first, sha256: {env: NOT_THERE}}]}
providers:
  mail: {kind: smtp, host: h, port: 25, tls: none, username: u, from: a@example.com}
channels: {email: [mial]}
`);
    const problems = problemsOf({OTP_CONFIG: path}).map((problem) => problem.replace(`${path}: `, ''));
    expect(problems).toEqual([
      'policies.login.channels: sms has no providers under channels.sms',
      expect.stringMatching(/^policies\.pin: a guesser has min\(blockAfter 100/),
      'clients.shop.policies: there is no policy "paiment"; there are login, pin',
      'clients.shop.apiKeys: the sha256 of key "first": environment variable NOT_THERE is not set',
      'providers.mail.username: username and password come together or not at all',
      'channels.email: there is no provider "mial"; there are mail',
    ]);
  });

  it.each([
    ['an unclosed bracket', 'policies: {login: [', /Flow|flow|expected/],
    ['a key that comes twice', 'policies: {}\npolicies: {}', /unique/],
    ['nothing', '', /the file: null, expected must be object/],
    ['a list', '- 1', /the file: \[1\], expected must be object/],
    ['an alias of nothing', 'policies: *nothing', /Unresolved alias/],
    ['a tag that it does not know', 'policies: !secret x', /Unresolved tag/],
    [
      'a provider that only a prototype has',
      yaml.replace('[mail]}', '[constructor]}'),
      /there is no provider "constructor"/,
    ],
    [
      'a sandbox for a client that there is not',
      `${yaml}sandbox: {clients: [shpo]}`,
      /sandbox\.clients: there is no client "shpo"; there are shop/,
    ],
    ['a sandbox for nobody by name', `${yaml}sandbox: {}`, /sandbox: "clients" is missing/],
    [
      'a sandbox address that is none',
      `${yaml}sandbox: {clients: [shop], addresses: {ada: "123456"}}`,
      /sandbox\.addresses: "ada", expected a phone number/,
    ],
    [
      'a sandbox code that no policy has',
      `${yaml}sandbox: {clients: [shop], addresses: {a@example.com: "12345"}}`,
      /sandbox\.addresses\.a@example\.com: "12345", expected 6 symbols of digits, as the policy "login"/,
    ],
    [
      'a public key that is none',
      yaml.replace('shop: {', 'shop: {encryptionKey: {kty: OKP, crv: X25519, x: AAAA}, '),
      /clients\.shop\.encryptionKey: .*AAAA/,
    ],
    [
      'a key that ends in a leap second',
      yaml.replace('id: first,', 'id: first, notAfter: "2020-12-31T23:59:60Z",'),
      /notAfter of key "first": "2020-12-31T23:59:60Z"/,
    ],
  ])('quotes %s', (_what, text, message) => {
    expect(problemsOf({OTP_CONFIG: write(text)}).join('\n')).toMatch(message);
  });
});

describe('production', () => {
  it('refuses to start without keys, file and Redis', () => {
    expect(problemsOf({NODE_ENV: 'production'})).toEqual([
      expect.stringMatching(/^OTP_SECRET_KEYS is missing/),
      expect.stringMatching(/^OTP_PSEUDONYM_KEY is missing/),
      expect.stringMatching(/^OTP_CONFIG is missing/),
      expect.stringMatching(/^REDIS_URL, REDIS_SENTINELS or REDIS_CLUSTER is missing/),
    ]);
  });

  it.each([
    [
      'the development keys',
      {OTP_SECRET_KEYS: developmentSecretKeys, OTP_PSEUDONYM_KEY: developmentPseudonymKey},
      [/key "dev" is one that everybody knows/, /key that everybody knows/],
    ],
    ['plain Redis over a network', {REDIS_URL: 'redis://redis.example.com:6379'}, [/^REDIS_URL: redis:\/\//]],
  ])('refuses %s', (_what, changes, expected) => {
    expect(problemsOf({...production(), ...changes})).toEqual(
      expected.map((pattern) => expect.stringMatching(pattern)),
    );
  });

  it.each([
    [
      'the development key beside a real one',
      {OTP_SECRET_KEYS: `k1:${key},old:${developmentSecretKeys.split(':')[1]}`},
      /key "old" is one that everybody knows/,
    ],
    [
      'one byte again and again',
      {OTP_SECRET_KEYS: `k1:${Buffer.alloc(32).toString('base64')}`},
      /key "k1" is one that everybody knows/,
    ],
    ['the same key under two names', {OTP_SECRET_KEYS: `k1:${key},k2:${key}`}, /the key "k2" has the same bytes/],
    [
      'the development pseudonym key without its padding',
      {OTP_PSEUDONYM_KEY: developmentPseudonymKey.replace(/=+$/, '')},
      /OTP_PSEUDONYM_KEY is a key that everybody knows/,
    ],
    [
      'the development API key',
      {
        OTP_CONFIG: write(
          yaml.replace(sha256, createHash('sha256').update('otp_dev_development-only-key').digest('hex')),
        ),
      },
      /key "first" is the development key/,
    ],
    ['certificates that nobody verifies', {NODE_TLS_REJECT_UNAUTHORIZED: '0'}, /^NODE_TLS_REJECT_UNAUTHORIZED is "0"/],
    ['one port for two things', {PORT: '9464'}, /^METRICS_PORT: "9464"/],
    [
      'a public address that is none',
      {PUBLIC_URL: 'otp.example.com'},
      /^PUBLIC_URL: "otp\.example\.com", expected an address/,
    ],
    [
      'events to a plain address',
      {
        OTP_CONFIG: write(
          yaml.replace(
            'shop: {',
            `shop: {events: {url: "http://shop.example/otp", secrets: [{file: ${write(`whsec_${key}`)}}]}, `,
          ),
        ),
      },
      /clients\.shop\.events\.url: "http:\/\/shop\.example\/otp", expected https:\/\//,
    ],
  ])('refuses %s', (_what, changes, message) => {
    expect(problemsOf({...production(), ...changes})).toEqual([expect.stringMatching(message)]);
  });

  it.each([
    ['an API key instead of its hash', yaml.replace(sha256, 'otp_shop_hunter2'), {}],
    ['a password of another type', yaml.replace('from:', 'username: u, password: 12345678, from:'), {}],
    ['a password in an object', yaml.replace('from:', 'username: u, password: {value: hunter2}, from:'), {}],
    ['a key without its name', yaml, {OTP_SECRET_KEYS: 'hunter2hunter2hunter2hunter2'}],
    ['an address without its scheme', yaml, {REDIS_URL: 'hunter2@redis:6379'}],
  ])('does not quote %s', (_what, text, changes) => {
    const problems = problemsOf({...production(), OTP_CONFIG: write(text), ...changes});
    expect(problems.length).toBeGreaterThan(0);
    expect(problems.join()).not.toMatch(/hunter2|12345678/);
  });

  it('takes plain Redis on loopback', () => {
    expect(problemsOf({...production(), REDIS_URL: 'redis://127.0.0.1:6379'})).toEqual([]);
  });

  it.each([
    ['the development inbox', yaml.replace(/\{kind: smtp.*\}/, '{kind: inbox}'), /inbox delivers to nobody/],
    ['SMTP without TLS', yaml.replace('starttls', 'none'), /providers\.mail\.tls: "none"/],
    [
      'a literal secret',
      yaml.replace('from:', 'username: u, password: hunter2, from:'),
      /providers\.mail\.password: a literal secret/,
    ],
  ])('refuses %s', (_what, text, message) => {
    const problems = problemsOf({...production(), OTP_CONFIG: write(text)});
    expect(problems).toEqual([expect.stringMatching(message)]);
    expect(problems.join()).not.toContain('hunter2');
  });
});
