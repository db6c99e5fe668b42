import axe from 'axe-core';
import type {Browser, BrowserContextOptions, Page} from 'playwright-core';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {freePort} from '../../../chaos/lab/free-port.ts';
import {startBrowser} from '../../testing/browser.ts';
import {type ServiceProcess, startServiceProcess} from '../../testing/service-process.ts';

// Of the browser, where the functions that are handed to it run.
declare const document: {activeElement: unknown};
declare const getComputedStyle: (element: unknown) => {backgroundColor: string};

let service: ServiceProcess;
let browser: Browser;
beforeAll(async () => {
  [service, browser] = await Promise.all([startServiceProcess(), startBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await service?.[Symbol.asyncDispose]();
});

let number = 0;
/** Creates a verification, of a recipient of its own. */
async function create(body: object = {}): Promise<string> {
  const to = `ada${++number}@example.com`;
  const answer = await fetch(`${service.url}/v1/verifications`, {
    method: 'POST',
    headers: {authorization: 'Bearer otp_dev_development-only-key', 'content-type': 'application/json'},
    body: JSON.stringify({to, ...body}),
  });
  expect(answer.status).toBe(201);
  return to;
}

/** A page that fails the test if anything on it does. */
async function open(path: string, options: BrowserContextOptions = {}): Promise<Page & AsyncDisposable> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('console', (entry) => entry.type() === 'error' && faults.push(entry.text()));
  page.on('request', (request) => !request.url().startsWith(service.url) && faults.push(request.url()));
  await page.goto(service.url + path);
  return Object.assign(page, {
    async [Symbol.asyncDispose]() {
      await context.close();
      expect(faults).toEqual([]);
    },
  });
}

const inbox = (options?: BrowserContextOptions) => open('/dev/inbox', options);
const isLive = (page: Page) => page.locator('html[data-live="on"]').waitFor({state: 'attached'});

async function faultsOf(page: Page): Promise<string[]> {
  // The page's own policy lets no script of others in: this one comes from the test.
  await page.evaluate(axe.source);
  const {violations} = await page.evaluate<{violations: {id: string; nodes: {html: string}[]}[]}>(
    "axe.run(document, {iframes: false, runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice']})",
  );
  return violations.map(({id, nodes}) => `${id}: ${nodes.map(({html}) => html).join(' ')}`);
}

describe('the development inbox in a browser', () => {
  it('shows a message as it comes, at the top, and says so', async () => {
    const first = await create();
    await using page = await inbox();
    await isLive(page);
    await page.getByRole('article').filter({hasText: first}).waitFor();
    const second = await create();
    await page
      .getByRole('status')
      .filter({hasText: `New: Mail to ${second}`})
      .waitFor();
    expect(await page.getByRole('article').first().textContent()).toContain(second);
  });

  it('leaves focus, open details and frames alone when a message comes', async () => {
    await create();
    await using page = await inbox();
    await isLive(page);
    const article = page.getByRole('article').first();
    const name = await article.getAttribute('aria-labelledby');
    await article.locator('summary').click();
    const copy = article.getByRole('button');
    await copy.focus();
    await create();
    await page.getByRole('status').filter({hasText: 'New: '}).waitFor();
    expect(await page.evaluate('document.activeElement.closest("article")?.getAttribute("aria-labelledby")')).toBe(
      name,
    );
    expect(await page.locator('details[open]').count()).toBe(1);
  });

  it('copies a code with its button', async () => {
    await create();
    await using page = await inbox({permissions: ['clipboard-read', 'clipboard-write']});
    const article = page.getByRole('article').first();
    const code = (await article.locator('code').textContent()) ?? '';
    expect(code).toMatch(/^\d{6}$/);
    await page.getByRole('button', {name: `Copy code ${code}`}).click();
    await page
      .getByRole('status')
      .filter({hasText: `Code ${code} copied`})
      .waitFor();
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(code);
  });

  it('filters while one types, and keeps the filter in the address', async () => {
    await create();
    const to = await create();
    await using page = await inbox();
    await page.getByLabel('Recipient').pressSequentially(to);
    await page.locator('.count', {hasText: '1 message that fit'}).waitFor();
    expect(await page.getByRole('article').count()).toBe(1);
    expect(new URL(page.url()).searchParams.get('to')).toBe(to);
    expect(await page.getByLabel('Recipient').evaluate((field) => field === document.activeElement)).toBe(true);
  });

  it('shows a mail as a web page in which nothing runs', async () => {
    const to = await create({locale: 'ar'});
    await using page = await inbox();
    const article = page.getByRole('article').filter({hasText: to});
    const mail = article.frameLocator(`iframe[title="Mail to ${to}"]`);
    await mail.locator('html[dir="rtl"]').waitFor();
    expect(await mail.locator('.code').textContent()).toBe(await article.locator('code').textContent());
    expect(await article.locator('iframe').getAttribute('sandbox')).toBe('');
  });

  it('can be read, filtered and paged without a script', async () => {
    const to = await create();
    await using page = await inbox({javaScriptEnabled: false});
    await page.getByRole('article').filter({hasText: to}).waitFor();
    await page.getByLabel('Recipient').fill(to);
    await page.getByRole('button', {name: 'Filter'}).click();
    expect(await page.getByRole('article').count()).toBe(1);
    await page.getByRole('link', {name: 'Show all'}).click();
    expect(await page.getByRole('article').count()).toBeGreaterThan(1);
  });

  it('is walked through with the keyboard in the order that it is read', async () => {
    await create();
    await using page = await inbox();
    await isLive(page);
    const focused: string[] = [];
    for (let i = 0; i < 9; i++) {
      await page.keyboard.press('Tab');
      focused.push(
        String(
          await page.evaluate(
            '(document.activeElement.getAttribute("aria-label") ?? document.activeElement.name ?? "") || document.activeElement.textContent',
          ),
        ),
      );
    }
    expect(focused.slice(0, 4)).toEqual(['Skip to the content', 'Inbox', 'Templates', 'API']);
    expect(focused.slice(4, 7)).toEqual(['to', 'channel', 'q']);
    expect(focused[8]).toMatch(/^Copy code \d{6}$/);
  });

  it('says when the service is away, and shows what came when it is back', async () => {
    const port = {PORT: String(await freePort())};
    await using context = await browser.newContext();
    const page = await context.newPage();
    {
      await using first = await startServiceProcess(port);
      await page.goto(`http://127.0.0.1:${port.PORT}/dev/inbox`);
      await isLive(page);
      first.child.kill('SIGKILL');
      await page.getByRole('status').filter({hasText: 'The service does not answer'}).waitFor();
    }
    await using second = await startServiceProcess(port);
    await isLive(page);
    expect(second.child.exitCode).toBeNull();
    await page.getByRole('status').filter({hasText: '0 messages'}).waitFor();
  });
});

describe('the development pages', () => {
  it.each(['light', 'dark'] as const)(
    'have no fault that axe knows, with messages, in the %s scheme',
    async (colorScheme) => {
      for (const body of [{}, {to: `+4144668180${number % 10}`, locale: 'he'}]) await create(body);
      for (const path of ['/dev/inbox', '/dev/inbox?to=nobody', '/dev/templates']) {
        await using page = await open(path, {colorScheme});
        await page.getByRole('heading', {level: 1}).waitFor();
        expect(await faultsOf(page), path).toEqual([]);
      }
    },
  );

  it('show previews in the scheme and language that are chosen', async () => {
    await using page = await open('/dev/templates');
    await page.getByLabel('Channel').selectOption('email');
    await page.getByLabel('Policy').selectOption('login');
    await page.getByLabel('Language').selectOption('he');
    await page.getByLabel('dark').check();
    await page.locator('.preview').nth(0).and(page.locator('.preview:only-child')).waitFor();
    const mail = page.frameLocator('iframe');
    const background = await mail.locator('body').evaluate((body) => getComputedStyle(body).backgroundColor);
    expect(background).toBe('rgb(12, 17, 29)');
    expect(await mail.locator('html').getAttribute('dir')).toBe('rtl');
  });
});
