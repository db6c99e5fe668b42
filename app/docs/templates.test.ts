import {createHash} from 'node:crypto';
import {mkdtempSync, readFileSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {parse, stringify} from 'yaml';
import {readFile} from '../config/file.ts';
import type {InboxMessage} from '../delivery/inbox.ts';
import {type ServiceProcess, startServiceProcess} from '../testing/service-process.ts';
import {until} from '../testing/until.ts';
import {pathOf} from './pages.ts';

const page = readFileSync(pathOf('docs/templates.md'), 'utf8');
const blocks = (language: string) =>
  [...page.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(([, text]) => text ?? '');
const examples = blocks('yaml').map((text) => parse(text) as {policies?: object; templates?: object});
const [policies = {}] = examples;
const [french, payment] = blocks('json').map((text) => JSON.parse(text) as object);
const key = 'otp_shop_guide';

function write(...parts: {policies?: object; templates?: object}[]): string {
  const path = join(mkdtempSync(join(tmpdir(), 'otp-guide-')), 'config.yaml');
  const file = {
    policies: Object.assign({}, policies.policies, ...parts.map((part) => part.policies)),
    ...(parts.some(({templates}) => templates)
      ? {templates: Object.assign({}, ...parts.map((part) => part.templates))}
      : {}),
    clients: {shop: {apiKeys: [{id: 'first', sha256: createHash('sha256').update(key).digest('hex')}]}},
    providers: {inbox: {kind: 'inbox'}},
    channels: {sms: ['inbox'], email: ['inbox']},
  };
  writeFileSync(path, stringify(file));
  return path;
}

/** Creates a verification and waits for its message. */
async function send(service: ServiceProcess, body: object) {
  const answer = await fetch(`${service.url}/v1/verifications`, {
    method: 'POST',
    headers: {authorization: `Bearer ${key}`, 'content-type': 'application/json'},
    body: JSON.stringify(body),
  });
  const created = (await answer.json()) as {id: string; errors?: {pointer: string}[]};
  if (answer.status !== 201) return {...created, status: answer.status, text: ''};
  const message = await until('the message', async () => {
    const messages = (await (await fetch(`${service.url}/dev/inbox.json`)).json()) as InboxMessage[];
    return messages.find(({verificationId}) => verificationId === created.id);
  });
  return {...created, status: 201, text: message.text.replace(message.code, 'CODE').replace(message.code, 'CODE')};
}

describe('docs/templates.md', () => {
  it.each(examples)('shows configuration that the service accepts: %o', (example) => {
    const problems: string[] = [];
    const path = write(example);
    expect(readFile(path, 'development', {}, problems)).toBeDefined();
    expect(problems).toEqual([]);
  });

  it('shows requests whose messages are in the language and with the values that it says, and one that lacks a value is refused', async () => {
    await using service = await startServiceProcess({OTP_CONFIG: write(...examples)});
    expect(await send(service, french ?? {})).toMatchObject({
      status: 201,
      text: 'ACME: CODE ist Ihr Bestätigungscode, 5 Minuten gültig. Geben Sie ihn an niemanden weiter.\n\n@login.acme.example #CODE',
    });
    expect(await send(service, payment ?? {})).toMatchObject({
      text: 'CODE pays 49.90 CHF to Books & Co. Not you? Call us.',
    });
    const {binding, ...without} = payment as {binding: object};
    expect(await send(service, {...without, binding: {...binding, payee: undefined}})).toMatchObject({
      status: 400,
      errors: [{pointer: '/binding/payee'}],
    });
  });
});
