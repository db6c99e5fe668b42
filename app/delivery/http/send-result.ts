import type {SendResult} from '../provider.ts';
import type {HttpResult} from './client.ts';

/** What an exchange means that was no success, where the far side has no more to say about it than its status. */
export function toRetry(result: HttpResult, reason = reasonOf(result)): SendResult {
  const retryAfterMs = result.kind === 'answered' && pauses.includes(result.status) ? result.retryAfterMs : undefined;
  return {kind: 'retry', reason, ...(retryAfterMs === undefined ? {} : {retryAfterMs})};
}

/** Statuses whose `Retry-After` asks for a pause (RFC 6585 §4, RFC 9110 §15.6.4). */
const pauses = [429, 503];

function reasonOf(result: HttpResult): string {
  return result.kind === 'answered' ? `status ${result.status}` : result.reason;
}

/** JSON, or undefined for what is none. */
export function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The value that a JSON pointer (RFC 6901) names; undefined if there is none. */
export function valueAt(document: unknown, pointer: string): unknown {
  let value = document;
  for (const token of pointer.split('/').slice(1)) {
    const key = token.replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}
