import {describe, expect, it} from 'vitest';
import {policyTexts} from '../../testing/templates.ts';
import {builtIn} from './built-in.ts';
import {type OwnTexts, templateChannels} from './own-texts.ts';
import {segmentsOf} from './sms-segments.ts';
import {createTemplates, type MessageContent, type PolicyTexts} from './templates.ts';

const languages = Object.keys(builtIn);

function write(changes: Partial<PolicyTexts>, content: Partial<MessageContent> = {}) {
  const problems: string[] = [];
  const templates = createTemplates([policyTexts(changes)], problems);
  expect(problems).toEqual([]);
  return templates.render({policyTag: 1, channel: 'sms', code: '123456', lifetimeSeconds: 300, ...content});
}

function problemsOf(own: OwnTexts, changes: Partial<PolicyTexts> = {}): string[] {
  const problems: string[] = [];
  createTemplates([policyTexts({own, ...changes})], problems);
  return problems;
}

describe('the words that the service brings along', () => {
  it('are there in ten languages', () => expect(languages).toHaveLength(10));

  it.each(languages.flatMap((locale) => templateChannels.map((channel) => [locale, channel] as const)))(
    'in %s by %s hold the code, its time where it is read, and the brand',
    (locale, channel) => {
      const {subject, text, html, locale: written} = write({brand: 'ACME'}, {locale, channel});
      expect(written).toBe(locale);
      const spoken = '1, 2, 3, 4, 5, 6';
      expect(text.split(channel === 'voice' ? spoken : '123456')).toHaveLength(channel === 'voice' ? 3 : 2);
      if (channel !== 'voice') expect(text).toMatch(/\b5 \p{L}{3}/u);
      expect(text).toContain('ACME');
      expect(subject).not.toBe('');
      expect(`${subject}${text}${html}`).not.toMatch(/[{}]binding|\{(code|brand|duration)\}/);
      expect(subject).not.toContain('123456');
      expect(html === undefined).toBe(channel !== 'email');
    },
  );

  it.each(languages)('in %s fit an SMS of one segment, whatever the code and its time', (locale) => {
    for (const lifetimeSeconds of [59, 300, 7199, 86_400])
      for (const code of ['123456', 'K7M2XQ9RT4WB']) {
        const {encoding, count} = segmentsOf(write({}, {locale, code, lifetimeSeconds}).text);
        expect({encoding, count}).toEqual({encoding: ['ar', 'he'].includes(locale) ? 'UCS-2' : 'GSM-7', count: 1});
      }
  });

  it.each([
    [30, '30 seconds'],
    [60, '1 minute'],
    [119, '1 minute'],
    [600, '10 minutes'],
    [86_400, '24 hours'],
  ])('call %d seconds %s: rather too short than too long', (lifetimeSeconds, words) => {
    expect(write({}, {lifetimeSeconds}).text).toContain(`valid for ${words}.`);
  });
});

describe('the language of a message', () => {
  it.each([
    [undefined, 'en'],
    ['de', 'de'],
    ['de-CH', 'de'],
    ['DE-ch-1901', 'de'],
    ['sv', 'en'],
    ['sv,fr-CA,de', 'fr'],
    ['iw', 'he'],
    ['zz-x-y,a-,*,,', 'en'],
  ])('asked for as %s is %s', (locale, written) => {
    expect(write({}, locale === undefined ? {} : {locale}).locale).toBe(written);
  });

  it('is the policy’s where nothing fits', () => expect(write({locale: 'pl'}, {locale: 'sv'}).locale).toBe('pl'));

  it('may be one that an operator adds, and is the exact one before the general one', () => {
    const own = {sms: {'de-CH': '{code} isch Ihre Code', sv: 'Din kod: {code}, {duration}'}};
    expect(write({own}, {locale: 'de-CH'}).text).toBe('123456 isch Ihre Code');
    expect(write({own}, {locale: 'de-AT'}).text).toContain('Bestätigungscode');
    expect(write({own}, {locale: 'sv-SE,de'}).text).toBe('Din kod: 123456, 5 minuter');
  });

  it('of a policy needs words for each of its channels', () => {
    expect(problemsOf({sms: {sv: '{code}'}}, {locale: 'sv', channels: ['sms', 'email']})).toEqual([
      'policies.login.locale: "sv" has no text for email; there are en, de, fr, es, it, pt, nl, pl, ar, he',
    ]);
  });

  it('of a message whose policy is gone is still one', () => {
    expect(write({}, {policyTag: 99, locale: 'fr'}).text).toContain('123456 est votre code');
  });
});

describe('own words', () => {
  const mail = {subject: 'Code', text: '{code}', codeInSubject: false};

  it.each<[OwnTexts, string]>([
    [{sms: {en: '{cod}'}}, 'templates.login.sms.en: "{cod}" is no variable'],
    [{sms: {en: 'Welcome'}}, 'templates.login.sms.en: "Welcome" holds no {code}'],
    [{sms: {en: '{code} {brand}'}}, 'templates.login.sms.en: {brand}: the policy has no brand'],
    [
      {voice: {en: '{code} {binding.amount}'}},
      'templates.login.voice.en: {binding.amount}: the policy\'s requiredBinding does not have "amount"; it has nothing',
    ],
    [{sms: {deutsch_1: '{code}'}}, 'templates.login.sms.deutsch_1: "deutsch_1" is no language tag'],
    [{sms: {'de-ch': '{code}'}}, 'templates.login.sms.de-ch: "de-ch" is no language tag'],
    [{email: {en: {...mail, subject: 'a\r\nBcc: eve@example.com'}}}, 'is one line'],
    [
      {email: {en: {...mail, subject: '{code}'}}},
      'templates.login.email.en.subject: {code} would show on locked screens',
    ],
    [{email: {en: {...mail, html: '<p>Hi</p>'}}}, 'templates.login.email.en.html: "<p>Hi</p>" holds no {code}'],
  ])('%j are refused', (own, expected) => {
    const problems = problemsOf(own);
    expect(problems).toEqual([expect.stringContaining(expected)]);
  });

  it('count minutes only where a code lives for one', () => {
    expect(problemsOf({sms: {en: '{code} {minutes}'}}, {lifetimeSeconds: 30})).toEqual([
      'templates.login.sms.en: {minutes}: the codes of the policy live for 30 seconds; use {duration}',
    ]);
    expect(write({own: {sms: {en: '{code} {minutes}'}}}).text).toBe('123456 5');
  });

  it('may show the code in a subject when they say so', () => {
    const own = {email: {en: {subject: '{code}', text: '{code}', codeInSubject: true}}};
    expect(write({own}, {channel: 'email'}).subject).toBe('123456');
  });

  it('show what the code is bound to, and nothing of it is markup, a second line or a turn of direction', () => {
    const hostile = `"><script>alert(1)</script>\r\nBcc: eve@example.com \u202e${'x'.repeat(100)}`;
    const {subject, text, html} = write(
      {
        requiredBinding: ['payee'],
        own: {email: {en: {subject: 'For {binding.payee}', text: '{code} for {binding.payee}', codeInSubject: false}}},
      },
      {channel: 'email', binding: {payee: hostile}},
    );
    expect(subject).toMatch(/^For "><script>alert\(1\)<\/script> Bcc: eve@example\.com x+$/);
    expect(text.trimEnd()).not.toMatch(/[\r\n\u202e]/);
    expect(html).toContain('<bdi>&quot;&gt;&lt;script&gt;');
    expect(html).not.toMatch(/<script|\u202e/);
  });

  it('are spoken twice unless they say the code twice', () => {
    const spoken = (en: string) => write({own: {voice: {en}}}, {channel: 'voice', code: 'K7'}).text;
    expect(spoken('Code: {code}.')).toBe('Code: K, 7. Code: K, 7.');
    expect(spoken('{code}. Again: {code}.')).toBe('K, 7. Again: K, 7.');
  });

  it('may be a web page of their own', () => {
    const html = '<html lang="{locale}" dir="{direction}"><style>p{margin:0}</style><p>{code}</p></html>';
    const own = {email: {he: {subject: 'x', text: '{code}', html, codeInSubject: false}}};
    expect(write({own}, {channel: 'email', locale: 'he'}).html).toBe(
      '<html lang="he" dir="rtl"><style>p{margin:0}</style><p><bdi dir="ltr">123456</bdi></p></html>',
    );
  });
});

describe('an SMS for a web site', () => {
  it.each(['en', 'ar'])('ends with the line that browsers look for, in %s', (locale) => {
    const {text} = write({webOtpHost: 'login.example.com', brand: 'ACME'}, {locale});
    expect(text.split('\n').slice(-2)).toEqual(['', '@login.example.com #123456']);
  });

  it('has it in no other channel', () => {
    for (const channel of ['email', 'voice', 'whatsapp'])
      expect(write({webOtpHost: 'login.example.com'}, {channel}).text).not.toContain('@login');
  });
});

describe('a message that runs from right to left', () => {
  it('says so, and keeps the code and the brand apart', () => {
    const {text, html = ''} = write({brand: 'ACME'}, {channel: 'email', locale: 'ar'});
    expect(text).toContain('\n\n\u2066123456\u2069\n\n');
    expect(text).toContain('\u2068ACME\u2069');
    expect(html).toMatch(/<html lang="ar" dir="rtl">/);
    expect(html).toContain('<bdi dir="ltr">123456</bdi>');
  });

  it('spends no characters of an SMS on digits, which run one way everywhere', () => {
    expect(write({}, {locale: 'he'}).text).not.toMatch(/[\u2066-\u2069]/);
    expect(write({}, {locale: 'he', code: 'K7M2XQ'}).text).toContain('\u2066K7M2XQ\u2069');
  });
});

describe('a mail', () => {
  it('says the same as a web page and as text, fetches nothing and knows a dark scheme', () => {
    const {text, html = ''} = write({brand: 'ACME & Sons'}, {channel: 'email'});
    const visible = html
      .replace(/<style>[\s\S]*?<\/style>|<title>.*<\/title>/g, '')
      .replace(/<[^>]*>/g, ' ')
      .replaceAll('&amp;', '&');
    expect(visible.split(/\s+/).filter(Boolean)).toEqual(text.split(/\s+/).filter(Boolean));
    expect(html).not.toMatch(/https?:|src=|url\(|@import/);
    expect(html).toContain('@media (prefers-color-scheme:dark)');
    expect(html).toContain('<meta name="color-scheme" content="light dark">');
  });
});
