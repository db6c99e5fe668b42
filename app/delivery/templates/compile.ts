import {builtIn} from './built-in.ts';
import {type OwnMail, type OwnTexts, type TemplateChannel, templateChannels} from './own-texts.ts';
import {readHtml, readText, type Template, variablesOf} from './template.ts';
import type {Variable} from './variables.ts';

/** A message of one policy, channel and locale, ready to be filled. */
export interface CompiledMessage {
  /** Whether the words are the operator's own, and not those that the service brings along. */
  readonly own: boolean;
  readonly text: Template;
  readonly mail?: CompiledMail;
}

export interface CompiledMail {
  readonly subject: Template;
  readonly page:
    | {readonly kind: 'own'; readonly template: Template}
    /** Made from the text, so that both say the same. */
    | {readonly kind: 'made'; readonly paragraphs: readonly Template[]};
}

/** What of a policy its templates are held against. */
export interface TemplateRules {
  readonly brand?: string;
  readonly requiredBinding: readonly string[];
  readonly lifetimeSeconds: number;
}

export type Messages = ReadonlyMap<TemplateChannel, ReadonlyMap<string, CompiledMessage>>;

/** All messages of a policy: the service's own words, and over them the operator's. Adds a sentence to `problems` for each fault. */
export function compileMessages(own: OwnTexts, rules: TemplateRules, problems: string[]): Messages {
  return new Map(
    templateChannels.map((channel) => {
      const messages = new Map<string, CompiledMessage>();
      for (const locale of Object.keys(builtIn)) messages.set(locale, compileBuiltIn(channel, locale, rules));
      for (const [locale, source] of Object.entries<string | OwnMail>(own[channel] ?? {})) {
        const where = `${channel}.${locale}`;
        if (isLocale(locale)) messages.set(locale, compileOwn(source, where, rules, problems));
        else problems.push(`${where}: ${JSON.stringify(locale)} is no language tag, such as de or de-CH`);
      }
      return [channel, messages];
    }),
  );
}

function isLocale(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag)[0] === tag;
  } catch {
    return false;
  }
}

function compileBuiltIn(channel: TemplateChannel, locale: string, rules: TemplateRules): CompiledMessage {
  const texts = builtIn[locale];
  if (texts === undefined) throw new RangeError(`no built-in texts for ${locale}`);
  const branded = (text: string, between: string) => (rules.brand === undefined ? text : `{brand}${between}${text}`);
  const problems: string[] = [];
  const source =
    channel === 'email'
      ? {subject: texts.email.subject, text: branded(texts.email.text, '\n\n'), codeInSubject: false}
      : branded(texts[channel], channel === 'voice' ? '. ' : ': ');
  const message = compileOwn(source, locale, rules, problems);
  if (problems.length > 0) throw new Error(`built-in texts are not valid: ${problems.join('; ')}`);
  return {...message, own: false};
}

function compileOwn(
  source: string | OwnMail,
  where: string,
  rules: TemplateRules,
  problems: string[],
): CompiledMessage {
  if (typeof source === 'string') return {own: true, text: readBody(source.trim(), where, rules, problems)};
  const {subject, text, html, codeInSubject} = source;
  const body = text.trim();
  return {
    own: true,
    text: readBody(body, `${where}.text`, rules, problems),
    mail: {
      subject: readSubject(subject, codeInSubject, `${where}.subject`, rules, problems),
      page:
        html === undefined
          ? {kind: 'made', paragraphs: body.split(/\n{2,}/).map((paragraph) => readText(paragraph, []))}
          : {kind: 'own', template: readBody(html, `${where}.html`, rules, problems, readHtml)},
    },
  };
}

function readBody(
  source: string,
  where: string,
  rules: TemplateRules,
  problems: string[],
  reader = readText,
): Template {
  const faults: string[] = [];
  const template = reader(source, faults);
  const names = variablesOf(template);
  faults.push(...names.flatMap((name) => faultOf(name, rules)));
  if (faults.length === 0 && !names.includes('code'))
    faults.push(`${JSON.stringify(source.slice(0, 60))} holds no {code}`);
  problems.push(...faults.map((fault) => `${where}: ${fault}`));
  return template;
}

function readSubject(
  source: string,
  codeInSubject: boolean,
  where: string,
  rules: TemplateRules,
  problems: string[],
): Template {
  const faults: string[] = [];
  const template = readText(source, faults);
  const names = variablesOf(template);
  faults.push(...names.flatMap((name) => faultOf(name, rules)));
  if (/[\p{Cc}\p{Zl}\p{Zp}]/u.test(source))
    faults.push(
      `${JSON.stringify(source.slice(0, 60))} has a line break or a control character: a subject is one line`,
    );
  if (names.includes('code') && !codeInSubject)
    faults.push(
      '{code} would show on locked screens and in logs of mail servers; say codeInSubject: true to accept that',
    );
  problems.push(...faults.map((fault) => `${where}: ${fault}`));
  return template;
}

/** Why a variable has no value under a policy. */
function faultOf(name: Variable, {brand, requiredBinding, lifetimeSeconds}: TemplateRules): string[] {
  if (name === 'brand' && brand === undefined) return ['{brand}: the policy has no brand'];
  if (name === 'minutes' && lifetimeSeconds < 60)
    return [`{minutes}: the codes of the policy live for ${lifetimeSeconds} seconds; use {duration}`];
  const [, member] = name.split('.');
  if (member !== undefined && !requiredBinding.includes(member))
    return [
      `{${name}}: the policy's requiredBinding does not have ${JSON.stringify(member)}; it has ${requiredBinding.join(', ') || 'nothing'}`,
    ];
  return [];
}
