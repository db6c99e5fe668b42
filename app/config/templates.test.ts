import {execFile} from 'node:child_process';
import {mkdtempSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {promisify} from 'node:util';
import {describe, expect, it} from 'vitest';
import {stringify} from 'yaml';
import {readFile} from './file.ts';

const directory = mkdtempSync(join(tmpdir(), 'otp-templates-'));

function write(policy: object, templates?: object): string {
  const path = join(directory, 'config.yaml');
  writeFileSync(
    path,
    stringify({
      policies: {login: {channels: ['email'], ...policy}},
      clients: {shop: {apiKeys: [{id: 'first', sha256: 'a'.repeat(64)}]}},
      providers: {mail: {kind: 'smtp', host: 'h', port: 587, tls: 'starttls', from: 'otp@example.com'}},
      channels: {email: ['mail']},
      ...(templates === undefined ? {} : {templates}),
    }),
  );
  return path;
}

function read(policy: object, templates?: object) {
  const problems: string[] = [];
  const path = write(policy, templates);
  const catalog = readFile(path, 'production', {}, problems);
  return {
    catalog,
    problems: problems.map((problem) => problem.replace(`${path}: `, '')),
  };
}

describe('templates in the configuration', () => {
  it.each([
    [{brand: 'ACME\r\nBcc: eve@example.com'}, /^policies.login.brand: "ACME\\r\\nBcc: .*, expected whose code it is/],
    [{brand: '\u202eecilA'}, /^policies.login.brand: /],
    [{brand: 'x'.repeat(1_000_000)}, /^policies.login.brand: "x{79}…, expected /],
    [{webOtpHost: 'https://example.com'}, /^policies.login.webOtpHost: "https:\/\/example.com", expected the host/],
    [{webOtpHost: 'example.com #1234'}, /^policies.login.webOtpHost: /],
    [{locale: 'deutsch bitte'}, /^policies.login.locale: "deutsch bitte", expected a language tag/],
    [{locale: 'sv'}, /^policies.login.locale: "sv" has no text for email; there are en, de/],
    [{requiredBinding: ['__proto__']}, /^policies.login.requiredBinding.0: "__proto__", expected a name/],
  ])('refuse %o of a policy, with the value', (policy, expected) => {
    const {problems} = read(policy);
    expect(problems).toEqual([expect.stringMatching(expected)]);
    expect(problems.join().length).toBeLessThan(500);
  });

  it.each([
    [{pay: {email: {en: {subject: 'Code', text: '{code}'}}}}, 'templates: there is no policy "pay"; there are login'],
    [{login: {pigeon: {en: '{code}'}}}, 'templates.login: "pigeon" is not known here'],
    [{login: {email: {en: '{code}'}}}, 'templates.login.email.en: "{code}", expected must be object (a mail)'],
    [{login: {email: {en: {text: '{code}'}}}}, 'templates.login.email.en: "subject" is missing'],
    [
      {login: {email: {en: {subject: 'Code', text: 'Hi {name}'}}}},
      'templates.login.email.en.text: "{name}" is no variable',
    ],
    [{login: {sms: {en: `{code}${'x'.repeat(1_000_000)}`}}}, 'templates.login.sms.en: "{code}xxx'],
  ])('refuse %o, with its place', (templates, expected) => {
    const {problems} = read({}, templates);
    expect(problems).toEqual([expect.stringContaining(expected)]);
    expect(problems.join().length).toBeLessThan(500);
  });

  it('stand in for those of the service, for one policy, channel and language', () => {
    const {catalog, problems} = read({}, {login: {email: {de: {subject: 'Hallo', text: 'Code: {code}'}}}});
    expect(problems).toEqual([]);
    const templates = catalog?.templates;
    const policyTag = templates?.policies[0]?.tag ?? 0;
    const message = {policyTag, channel: 'email', code: '123456', lifetimeSeconds: 300};
    expect(templates?.render({...message, locale: 'de'})).toMatchObject({subject: 'Hallo', text: 'Code: 123456\n'});
    expect(templates?.render({...message, locale: 'fr'}).subject).toBe('Votre code de vérification');
  });

  it('are warned about by config:check, and are valid all the same', async () => {
    const path = write({requiredBinding: ['amount']});
    const check = fileURLToPath(new URL('check.ts', import.meta.url));
    const {stdout, stderr} = await promisify(execFile)(process.execPath, [check, path]);
    expect(stderr).toMatch(
      /^warning: templates.login.email: en, .* without \{binding.amount\}, which the code is bound to\n$/,
    );
    expect(stdout).toContain('is valid');
  });
});
