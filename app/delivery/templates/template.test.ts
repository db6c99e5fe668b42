import {describe, expect, it} from 'vitest';
import {fill, readHtml, readText} from './template.ts';
import {cleanValue, type Variable} from './variables.ts';

const values = new Map<Variable, string>([
  ['code', '123456'],
  ['brand', '<b>&'],
  ['locale', 'en'],
]);
const same = (value: string) => value;

function read(source: string, reader = readText) {
  const problems: string[] = [];
  const template = reader(source, problems);
  return {problems, text: problems.length === 0 ? fill(template, values, same) : undefined};
}

describe('a template', () => {
  it.each([
    ['{code} is your code', '123456 is your code'],
    ['{{{code}}} and }}{{', '{123456} and }{'],
    ['no variable', 'no variable'],
    ['', ''],
  ])('%j is written as %j', (source, text) => expect(read(source)).toEqual({problems: [], text}));

  it.each([
    '{amout}',
    '{ code }',
    '{Code}',
    '{}',
    '{constructor}',
    '{__proto__}',
    '{toString}',
    '{code.length}',
    '{binding.NAME}',
    '{binding.__proto__}',
    '{binding.}',
    '{binding.a.b}',
    '{code}|{#if x}',
  ])('refuses what is no variable, quoting it: %s', (source) => {
    const unknown = source.split('|').at(-1);
    expect(read(source).problems).toEqual([expect.stringContaining(`${JSON.stringify(unknown)} is no variable`)]);
  });

  it('refuses a single brace, however many there are of them', () => {
    expect(read('your code: {code').problems).toEqual([expect.stringContaining('a single "{"')]);
    expect(read('code}').problems).toEqual([expect.stringContaining('a single "}"')]);
    expect(read('{'.repeat(65_537)).problems).toHaveLength(1);
    expect(read(`{${'a'.repeat(65_536)}}`).problems).toHaveLength(2);
  });
});

describe('a template of a web page', () => {
  it('leaves the braces of a style alone, and fills what is between tags and the attributes of the language', () => {
    const page = '<html lang="{locale}"><style>p{color:red}</style><p>{code}</p></html>';
    expect(read(page, readHtml)).toEqual({
      problems: [],
      text: '<html lang="en"><style>p{color:red}</style><p>123456</p></html>',
    });
  });

  it.each([
    ['<a href="https://example.com/?c={code}">', '{code} in'],
    ['<p title={brand}>', '{brand} in'],
    ['<p {code', 'a single'],
    ['<p title="{brand}', '{brand} in'],
    ['<script>x</script>', 'no mail program accepts this'],
    ['</ScRiPt >', 'no mail program accepts this'],
    ['<style>p{color:red}</style>{x}', '"{x}" is no variable'],
  ])('refuses %s', (source, expected) => {
    expect(read(source, readHtml).problems.join()).toContain(expected);
  });

  it('reads hostile input once: unclosed tags and styles, repeated', () => {
    expect(read('<'.repeat(65_536), readHtml).text).toHaveLength(65_536);
    expect(read('<style>'.repeat(9000), readHtml).text).toHaveLength(63_000);
  });
});

describe('a value', () => {
  it.each([
    ['ACME\r\nBcc: eve@example.com', 'ACME Bcc: eve@example.com'],
    ['a\u2028b\u2029c\0d', 'a b c d'],
    ['\u202eecilA\u202c \u2066x\u2069', 'ecilA x'],
    ['\ufeffa\u200bb', 'ab'],
    ['می\u200cخواهم', 'می\u200cخواهم'],
    ['\ud800x', '\ufffdx'],
  ])('%j becomes %j', (value, cleaned) => expect(cleanValue(value)).toBe(cleaned));

  it('has 128 characters at most', () => expect(cleanValue('x'.repeat(1_000_000))).toHaveLength(128));
});
