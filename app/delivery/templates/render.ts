import {builtIn} from './built-in.ts';
import type {CompiledMail, CompiledMessage} from './compile.ts';
import {escapeHtml} from './escape.ts';
import {mailPage, type Paragraph} from './html-mail.ts';
import {directionOf, durationIn} from './locale.ts';
import type {TemplateChannel} from './own-texts.ts';
import {fill, type Template} from './template.ts';
import {cleanValue, type Values, type Variable} from './variables.ts';
import {webOtpLine} from './web-otp.ts';

/** What a provider sends. */
export interface Rendered {
  /** Holds no code, unless an operator says so: subjects show on locked screens and in logs of mail servers. */
  readonly subject: string;
  readonly text: string;
  /** The same as a web page; mail alone has it. */
  readonly html?: string;
  /** The language that it is written in (BCP 47). */
  readonly locale: string;
}

/** What goes into a message. */
export interface MessageValues {
  readonly code: string;
  readonly lifetimeSeconds: number;
  readonly brand?: string;
  readonly binding: Readonly<Record<string, string>>;
  /** The web site that the code is for; SMS only. */
  readonly webOtpHost?: string;
}

type Direction = 'ltr' | 'rtl';

/** A message with its values. */
export function renderMessage(
  {text, mail}: CompiledMessage,
  channel: TemplateChannel,
  locale: string,
  from: MessageValues,
): Rendered {
  const direction = directionOf(locale);
  const values = valuesOf(from, channel, locale, direction);
  const write = direction === 'rtl' && channel !== 'voice' ? isolated(channel) : (value: string) => value;
  const body = fill(text, values, write);
  if (mail !== undefined)
    return {
      // A subject is shown by itself: what surrounds it is not the mail's to arrange.
      subject: fill(mail.subject, values, (value) => value),
      text: `${body}\n`,
      html: renderPage(mail, values, locale, direction),
      locale,
    };
  const {webOtpHost, code} = from;
  // At the first time people look for a pen.
  const again = channel === 'voice' && !isRepeated(text) ? ` ${body}` : '';
  // No SMS has a subject, but a webhook may be on its way to something that has one.
  const subject = builtIn[locale]?.email.subject ?? '';
  const lastLine = channel === 'sms' && webOtpHost !== undefined ? `\n\n${webOtpLine(webOtpHost, code)}` : '';
  return {subject, text: body + again + lastLine, locale};
}

function isRepeated({parts}: Template): boolean {
  return parts.filter((part) => part.kind === 'variable' && part.name === 'code').length > 1;
}

function valuesOf(
  {code, lifetimeSeconds, brand, binding}: MessageValues,
  channel: TemplateChannel,
  locale: string,
  direction: Direction,
): Values {
  const style = builtIn[locale.split('-')[0] ?? '']?.duration ?? 'long';
  return new Map<Variable, string>([
    ['code', channel === 'voice' ? [...code].join(', ') : code],
    ['duration', durationIn(locale, lifetimeSeconds, style)],
    ['minutes', String(Math.floor(lifetimeSeconds / 60))],
    ['locale', locale],
    ['direction', direction],
    ...(brand === undefined ? [] : [['brand', cleanValue(brand)] as const]),
    ...Object.entries(binding).map(([name, value]) => [`binding.${name}` as const, cleanValue(value)] as const),
  ]);
}

/** A value in a text that runs from right to left, kept apart from the direction around it (UAX #9, isolates). */
function isolated(channel: TemplateChannel) {
  return (value: string, name: Variable): string => {
    if (name === 'duration' || name === 'minutes') return value;
    // Digits by themselves run one way everywhere, and each mark is one of the 70 characters of an SMS.
    if (channel === 'sms' && /^\d+$/.test(value)) return value;
    return name === 'code' ? `\u2066${value}\u2069` : `\u2068${value}\u2069`;
  };
}

function renderPage({subject, page}: CompiledMail, values: Values, locale: string, direction: Direction): string {
  if (page.kind === 'own')
    return fill(page.template, values, (value, name) =>
      name === 'locale' || name === 'direction' ? escapeHtml(value) : isolatedHtml(value, name),
    );
  return mailPage({
    locale,
    direction,
    subject: fill(subject, values, (value) => value),
    paragraphs: page.paragraphs.map((template) => paragraph(template, values)),
  });
}

function paragraph(template: Template, values: Values): Paragraph {
  const [only, ...more] = template.parts;
  const alone = more.length === 0 && only?.kind === 'variable' ? only.name : undefined;
  return {
    role: alone === 'brand' || alone === 'code' ? alone : 'text',
    html: fill({parts: template.parts.map(escaped)}, values, isolatedHtml).replaceAll('\n', '<br>\n'),
  };
}

function escaped(part: Template['parts'][number]): Template['parts'][number] {
  return part.kind === 'text' ? {kind: 'text', text: escapeHtml(part.text)} : part;
}

function isolatedHtml(value: string, name: Variable): string {
  if (name === 'duration' || name === 'minutes') return escapeHtml(value);
  return name === 'code' ? `<bdi dir="ltr">${escapeHtml(value)}</bdi>` : `<bdi>${escapeHtml(value)}</bdi>`;
}
