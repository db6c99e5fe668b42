import {get} from 'node:http';
import type {AddressInfo} from 'node:net';
import fastify, {type FastifyInstance} from 'fastify';
import {afterEach, describe, expect, it} from 'vitest';
import type {InboxMessage} from '../../delivery/inbox.ts';
import {createTemplates, type PolicyTexts} from '../../delivery/templates/templates.ts';
import {problemPlugin} from '../../plugins/problem.ts';
import {MemoryInbox} from '../../store/memory-inbox.ts';
import {policyTexts} from '../../testing/templates.ts';
import {developmentRoutes} from './routes.ts';

const opened: FastifyInstance[] = [];
afterEach(async () => {
  for (const app of opened.splice(0)) await app.close();
});

async function open(policies: PolicyTexts[] = [policyTexts()]) {
  const inbox = new MemoryInbox();
  const app = fastify();
  opened.push(app);
  await app.register(problemPlugin);
  await app.register(developmentRoutes, {prefix: '/dev', inbox, templates: createTemplates(policies, [])});
  let number = 0;
  return {
    app,
    inbox,
    async receive(changes: Partial<InboxMessage> = {}, html?: string): Promise<InboxMessage> {
      const message: InboxMessage = {
        verificationId: `v2_dev_${++number}`,
        to: '+41446681800',
        channel: 'sms',
        text: '123456 is your code',
        code: '123456',
        receivedAt: new Date(1_800_000_000_000 + number).toISOString(),
        ...changes,
      };
      await inbox.add(message, html);
      return message;
    },
    async page(url: string) {
      const {statusCode, headers, body} = await app.inject({method: 'GET', url});
      return {status: statusCode, policy: String(headers['content-security-policy']), body};
    },
  };
}

const hostile = '"><script>alert(1)</script>\r\n\u202e<img src=x onerror=alert(1)>';

describe('/dev/inbox.json', () => {
  it('has the messages as they are documented, without the web pages of mails', async () => {
    const {app, receive} = await open();
    const sms = await receive();
    const mail = await receive({channel: 'email', to: 'ada@example.com', subject: 'Code'}, '<p>page</p>');
    expect((await app.inject('/dev/inbox.json')).json()).toEqual([mail, sms]);
    expect((await app.inject('/dev/inbox.json?to=+41446681800')).json()).toEqual([sms]);
  });
});

describe('/dev/inbox', () => {
  it('shows messages newest first, with their codes, and lets nothing but its own files run', async () => {
    const {receive, page} = await open();
    await receive({code: '111111'});
    await receive({code: '222222'});
    const {body, policy} = await page('/dev/inbox');
    expect(body.indexOf('<code>222222')).toBeGreaterThan(0);
    expect(body.indexOf('<code>222222')).toBeLessThan(body.indexOf('<code>111111'));
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).not.toContain('unsafe');
    expect(body).not.toMatch(
      /<script(?! type="module" src="\/dev\/assets\/)|<[^>]* (style|on[a-z]+)=|https?:\/\/(?!127)/,
    );
  });

  it('shows whatever a message holds as text', async () => {
    const {receive, page} = await open();
    await receive({to: hostile, text: hostile, code: hostile, verificationId: hostile});
    await receive({channel: 'email', to: hostile, subject: hostile, text: hostile});
    const {body} = await page(`/dev/inbox?to=${encodeURIComponent('"><script>')}`);
    expect(body).toContain('&quot;&gt;&lt;script&gt;alert(1)');
    expect(body).toContain('value="&quot;&gt;&lt;script&gt;"');
    expect(body).not.toMatch(/<script>|<img/);
  });

  it('filters by recipient, channel and text, and says when nothing fits', async () => {
    const {receive, page} = await open();
    await receive({to: 'ada@example.com', channel: 'email', subject: 'Payment', code: '111111'});
    await receive({to: '+41446681800', text: 'Payment: 222222', code: '222222'});
    await receive({to: '+41446681801', text: 'Sign-in: 333333', code: '333333'});
    const codes = async (query: string) =>
      [...(await page(`/dev/inbox?${query}`)).body.matchAll(/<code>(\d+)/g)].map(([, code]) => code);
    expect(await codes('to=ADA')).toEqual(['111111']);
    expect(await codes('channel=sms')).toEqual(['333333', '222222']);
    expect(await codes('q=payment')).toEqual(['222222', '111111']);
    expect(await codes('q=333')).toEqual(['333333']);
    expect(await codes('to=801&channel=sms&q=sign')).toEqual(['333333']);
    expect((await page('/dev/inbox?to=nobody')).body).toContain('No message fits the filter.');
    expect((await page('/dev/inbox?page=0')).status).toBe(400);
    expect((await page(`/dev/inbox?q=${'x'.repeat(321)}`)).status).toBe(400);
  });

  it('has pages, and keeps the filter from one to the next', async () => {
    const {receive, page} = await open();
    for (let i = 0; i < 26; i++) await receive({code: String(100_000 + i)});
    const first = await page('/dev/inbox?channel=sms');
    expect(first.body).toContain('26 messages that fit, 1 to 25 of them here');
    expect(first.body).toContain('href="/dev/inbox?channel=sms&amp;page=2"');
    const second = await page('/dev/inbox?channel=sms&page=2');
    expect([...second.body.matchAll(/<code>/g)]).toHaveLength(1);
  });

  it('shows the web page of a mail where nothing of it can run or load', async () => {
    const {receive, page} = await open();
    const {verificationId, receivedAt} = await receive({channel: 'email'}, '<p>Hello</p>');
    const query = new URLSearchParams({id: verificationId, at: receivedAt}).toString();
    expect((await page('/dev/inbox')).body).toContain(
      `<iframe sandbox title="Mail to +41446681800" src="/dev/inbox/mail?${query.replace('&', '&amp;')}"`,
    );
    const mail = await page(`/dev/inbox/mail?${query}`);
    expect(mail).toMatchObject({status: 200, body: '<p>Hello</p>'});
    expect(mail.policy).toBe("default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox");
    expect((await page('/dev/inbox/mail?id=x&at=y')).status).toBe(404);
  });

  it('tells browsers of a new message, and lets them go when the service stops', async () => {
    const {app, receive} = await open();
    await receive();
    await app.listen({port: 0, host: '127.0.0.1'});
    const {port} = app.server.address() as AddressInfo;
    const {promise, resolve} = Promise.withResolvers<string>();
    const changed = Promise.withResolvers<void>();
    get({port, host: '127.0.0.1', path: '/dev/inbox/events'}, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk) => {
        text += chunk;
        if (text === 'retry: 1000\n\n') void receive();
        if (text.includes('event: change')) changed.resolve();
      });
      answer.on('end', () => resolve(text));
    });
    await changed.promise;
    await app.close();
    expect(await promise).toBe('retry: 1000\n\nevent: change\ndata: {}\n\n');
  });
});

describe('/dev/templates', () => {
  const policies = [
    policyTexts({brand: 'ACME'}),
    policyTexts({
      name: 'payment',
      tag: 2,
      channels: ['sms'],
      requiredBinding: ['amount'],
      own: {sms: {en: '{code} pays {binding.amount} – to us'}},
    }),
  ];

  it('shows every message of every policy, with what an SMS costs', async () => {
    const {page} = await open(policies);
    const {body, policy} = await page('/dev/templates');
    expect([...body.matchAll(/<li class="preview">/g)]).toHaveLength(4 * 10 + 10);
    expect([...body.matchAll(/<iframe /g)]).toHaveLength(10);
    expect(body).toContain('1 segment · GSM-7 · ');
    expect(body).toContain('123456 pays 1,249.50 – to us');
    expect(body).toContain('not in GSM-7: <bdi>–</bdi>');
    expect(policy).not.toContain('unsafe');
  });

  it('shows a choice of them', async () => {
    const {page} = await open(policies);
    const {body} = await page('/dev/templates?policy=login&channel=sms&locale=de');
    expect([...body.matchAll(/<li class="preview">/g)]).toHaveLength(1);
    expect(body).toContain('Bestätigungscode');
    expect((await page('/dev/templates?policy=nothing')).body).toContain('There is no such template.');
    expect((await page('/dev/templates?scheme=pink')).status).toBe(400);
  });

  it('shows a mail in the scheme that is asked for, whatever the browser prefers', async () => {
    const {page} = await open(policies);
    const mail = async (scheme: string) =>
      (await page(`/dev/templates/mail?policy=login&locale=ar&scheme=${scheme}`)).body;
    expect(await mail('')).toContain('@media (prefers-color-scheme:dark)');
    expect(await mail('dark')).toContain('@media (min-width:0)');
    expect(await mail('light')).toContain('@media (max-width:0)');
    expect(await mail('dark')).not.toMatch(/light dark|prefers-color-scheme/);
    expect((await page('/dev/templates/mail?policy=payment&locale=en')).status).toBe(404);
  });
});

describe('the files of the pages', () => {
  it.each(['base.css', 'messages.css', 'inbox.js', 'templates.js', 'icon.svg'])(
    'have %s, and fetch nothing',
    async (name) => {
      const {page} = await open();
      const {status, body} = await page(`/dev/assets/${name}`);
      expect(status).toBe(200);
      expect(body.replace('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:\/\/(?!127)|@import|url\(/);
    },
  );
});
