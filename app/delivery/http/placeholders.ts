import type {OutgoingMessage} from '../provider.ts';

/** The parts of a message that a template of a request may name, as `{name}`. */
const readers = {
  to: ({to}) => to,
  text: ({text}) => text,
  subject: ({subject}) => subject,
  code: ({code}) => code,
  channel: ({channel}) => channel,
  locale: ({locale}) => locale,
  messageId: ({messageId}) => messageId,
  verificationId: ({verificationId}) => verificationId,
  callbackUrl: ({callbackUrl}) => callbackUrl ?? '',
} as const satisfies Record<string, (message: OutgoingMessage) => string>;

type Placeholder = keyof typeof readers;

const pattern = /\{([A-Za-z]+)\}/g;
const placeholders = Object.keys(readers) as Placeholder[];
/** What the service makes itself, and what no character of can end a header. */
export const headerPlaceholders: readonly Placeholder[] = ['channel', 'messageId', 'verificationId'];

/** The names in a template that are none of the allowed ones. */
export function unknownPlaceholders(template: string, allowed: readonly Placeholder[] = placeholders): string[] {
  return [...template.matchAll(pattern)].flatMap(([, name = '']) =>
    allowed.some((each) => each === name) ? [] : [name],
  );
}

/** Puts a message's parts into a template. A part is put in as it is, also where it looks like a placeholder itself. */
export function fill(template: string, message: OutgoingMessage, encode: (value: string) => string = String): string {
  return template.replace(pattern, (whole, name: string) =>
    Object.hasOwn(readers, name) ? encode(readers[name as Placeholder](message)) : whole,
  );
}

/** Puts a message's parts into every text of a JSON value. */
export function fillJson(template: unknown, message: OutgoingMessage): unknown {
  if (typeof template === 'string') return fill(template, message);
  if (Array.isArray(template)) return template.map((each) => fillJson(each, message));
  if (typeof template !== 'object' || template === null) return template;
  return Object.fromEntries(Object.entries(template).map(([key, value]) => [key, fillJson(value, message)]));
}

/** Every text of a JSON value. */
export function textsOf(template: unknown): string[] {
  if (typeof template === 'string') return [template];
  if (typeof template !== 'object' || template === null) return [];
  return Object.values(template).flatMap(textsOf);
}

/**
 * An address with a message's parts in its path and query; undefined if they would lead elsewhere: a part stays within
 * the place that the template gives it, and cannot step up ("..").
 */
export function fillUrl(template: string, message: OutgoingMessage): URL | undefined {
  const meant = new URL(template.replace(pattern, 'x'));
  const url = new URL(fill(template, message, encodeURIComponent));
  const depth = ({pathname}: URL) => pathname.split('/').length;
  return url.origin === meant.origin && depth(url) === depth(meant) ? url : undefined;
}
