import {mkdtempSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {readFile} from './file.ts';
import type {Mode} from './setting-table.ts';

const directory = mkdtempSync(join(tmpdir(), 'otp-providers-'));
const webhookSecret = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
const sid = 'AC0123456789abcdef0123456789abcdef';

/** Reads a file with one provider, which carries the messages of one channel. */
function read(provider: string, {channel = 'sms', mode = 'production'}: {channel?: string; mode?: Mode} = {}) {
  const path = join(directory, 'otp.yaml');
  writeFileSync(
    path,
    `
policies: {login: {channels: [${channel}]}}
clients: {shop: {apiKeys: [{id: first, sha256: ${'a'.repeat(64)}}]}}
providers: {far: ${provider}}
channels: {${channel}: [far]}
`,
  );
  const problems: string[] = [];
  const catalog = readFile(path, mode, {TOKEN: 'Bearer t', HOOK: webhookSecret}, problems);
  return {settings: catalog?.providers[0], problems: problems.map((problem) => problem.replace(`${path}: `, ''))};
}

const gateway = (changes: string) =>
  `{kind: http, url: "https://sms.example.com/send/{channel}", headers: {Authorization: {env: TOKEN}, Idempotency-Key: "{messageId}"}, json: {to: "{to}"}, ${changes}}`;

describe('a provider in the file', () => {
  it('is read with its secrets, defaults and entries', () => {
    const {settings, problems} = read(gateway('allowAddresses: [10.1.2.0/24]'));
    expect(problems).toEqual([]);
    expect(settings).toMatchObject({
      kind: 'http',
      name: 'far',
      method: 'POST',
      headers: {authorization: 'Bearer t', 'idempotency-key': '{messageId}'},
      body: {format: 'json', template: {to: '{to}'}},
      success: {status: [200, 201, 202, 204]},
      refused: {status: [400, 410, 422]},
      connection: {timeoutMs: 10_000, maxConnections: 32},
    });
    expect(
      read(`{kind: webhook, url: "https://x.example/otp", secrets: [{env: HOOK}]}`, {channel: 'webhook'}).settings,
    ).toMatchObject({
      kind: 'webhook',
      secrets: [Buffer.alloc(32, 1)],
    });
    expect(
      read(`{kind: twilio, accountSid: ${sid}, authToken: {env: TOKEN}, voice: {from: "+15005550006"}}`, {
        channel: 'voice',
      }).problems,
    ).toEqual([]);
  });

  it.each([
    [
      'a placeholder in the host',
      '{kind: http, url: "https://{to}.example.com/x", text: "{text}"}',
      /far\.url: "https:\/\/\{to\}\.example\.com\/x", expected no placeholder before the path/,
    ],
    ['a placeholder in the scheme', '{kind: http, url: "{to}://example.com", text: "{text}"}', /far\.url: .*expected/],
    [
      'an unknown placeholder',
      gateway('').replace('{to}', '{recipient}'),
      /far\.json: "\{recipient\}" stands for nothing here/,
    ],
    [
      'a recipient in a header',
      gateway('').replace('Authorization: {env: TOKEN}', 'X-To: "{to}"'),
      /far\.headers\.X-To: "\{to\}" stands for nothing here, expected one of channel, messageId, verificationId/,
    ],
    [
      'a literal secret in a header',
      gateway('').replace('{env: TOKEN}', 'hunter2'),
      /far\.headers\.Authorization: a literal secret/,
    ],
    ['two bodies', gateway('text: "{text}"'), /far\.json: \["json","text"\], expected one of json, form and text/],
    ['no body', '{kind: http, url: "https://example.com"}', /far\.json: no body, expected one of/],
    [
      'a plain address',
      gateway('').replace('https:', 'http:'),
      /far\.url: "http:\/\/sms\.example\.com.*expected https:\/\/ in production/,
    ],
    [
      'a password in an address',
      gateway('').replace('https://', 'https://me:hunter2@'),
      /far\.url: not quoted, expected no user/,
    ],
    [
      'a network that is none',
      gateway('allowAddresses: [10.0.0.0/40]'),
      /far\.allowAddresses: "10\.0\.0\.0\/40", expected an address or ADDRESS\/BITS/,
    ],
    [
      'a secret that is too short',
      '{kind: webhook, url: "https://x.example", secrets: [{env: TOKEN}]}',
      /far\.secrets: not quoted, expected whsec_/,
    ],
    [
      'a literal webhook secret',
      `{kind: webhook, url: "https://x.example", secrets: ["${webhookSecret}"]}`,
      /far\.secrets: a literal secret/,
    ],
    [
      'a Twilio account without a sender',
      `{kind: twilio, accountSid: ${sid}, authToken: {env: TOKEN}}`,
      /channels\.sms: provider "far" has no sms: say who it comes from/,
    ],
    [
      'two senders',
      `{kind: twilio, accountSid: ${sid}, authToken: {env: TOKEN}, sms: {from: a, messagingServiceSid: MG${sid.slice(2)}}}`,
      /far\.sms: \{.*expected either from or messagingServiceSid/,
    ],
    [
      'an account that is none',
      `{kind: twilio, accountSid: SK1, authToken: {env: TOKEN}}`,
      /far\.accountSid: "SK1", expected `AC` and 32 hex digits/,
    ],
    [
      'a DKIM key that is none',
      '{kind: smtp, host: h, port: 25, tls: starttls, from: a@example.com, dkim: {domain: example.com, selector: a, privateKey: {env: TOKEN}}}',
      /far\.dkim\.privateKey: not quoted, expected a private key/,
    ],
    [
      'a sender on two lines',
      '{kind: smtp, host: h, port: 25, tls: starttls, from: "a@example.com\\r\\nBcc: b@example.com"}',
      /far\.from: .*expected "Name <address>" or an address, on one line/,
    ],
    [
      'text messages by mail',
      '{kind: smtp, host: h, port: 25, tls: starttls, from: a@example.com}',
      /channels\.sms: provider "far" carries mail only/,
    ],
  ])('is refused with %s', (_what, provider, message) => {
    const {problems} = read(provider);
    expect(problems.join('\n')).toMatch(message);
    expect(problems.join('\n')).not.toMatch(/hunter2|whsec_A/);
  });
});
