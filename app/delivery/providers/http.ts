import type {HttpClient, HttpResult} from '../http/client.ts';
import {fill, fillJson, fillUrl} from '../http/placeholders.ts';
import {readJson, toRetry, valueAt} from '../http/send-result.ts';
import type {OutgoingMessage, Provider} from '../provider.ts';

/** Which answers a rule means: those of a status, with a value at a place of the body, or both. */
interface AnswerRule {
  readonly status?: readonly number[];
  /** RFC 6901. */
  readonly pointer?: string;
  /** What may be there. */
  readonly equals?: readonly (string | number | boolean | null)[];
}

export interface HttpProviderOptions {
  readonly name: string;
  readonly method: 'POST' | 'PUT';
  /** With placeholders in its path and query only. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body:
    | {readonly format: 'json'; readonly template: unknown}
    | {readonly format: 'form'; readonly template: Readonly<Record<string, string>>}
    | {readonly format: 'text'; readonly template: string};
  /** The answers that say that the message was taken on. */
  readonly success: AnswerRule;
  /** The answers that say that it will never be. */
  readonly refused: AnswerRule;
  readonly maxConnections: number;
  readonly client: HttpClient;
}

const contentTypes = {
  json: 'application/json',
  form: 'application/x-www-form-urlencoded',
  text: 'text/plain; charset=utf-8',
};

/** Hands messages to any gateway that takes them over HTTP; everything about it comes from the configuration. */
export function httpProvider(options: HttpProviderOptions): Provider {
  const {name, method, url: urlTemplate, headers, body, success, refused, maxConnections, client} = options;
  return {
    name,
    maxConcurrent: maxConnections,
    async send(message, signal) {
      const url = fillUrl(urlTemplate, message);
      if (url === undefined) return {kind: 'refused', reason: 'the message leads to another address'};
      const filled = Object.entries(headers).map(([header, value]) => [header, fill(value, message)] as const);
      const result = await client.send(
        {
          method,
          url,
          headers: {'content-type': contentTypes[body.format], ...Object.fromEntries(filled)},
          body: toBody(body, message),
        },
        signal,
      );
      if (applies(success, result)) return {kind: 'accepted'};
      if (result.kind === 'answered' && applies(refused, result))
        return {kind: 'refused', reason: `status ${result.status}`};
      return toRetry(result);
    },
    close: () => client.close(),
  };
}

function toBody(body: HttpProviderOptions['body'], message: OutgoingMessage): string {
  switch (body.format) {
    case 'json':
      return JSON.stringify(fillJson(body.template, message));
    case 'form':
      return new URLSearchParams(fillJson(body.template, message) as Record<string, string>).toString();
    case 'text':
      return fill(body.template, message);
  }
}

function applies({status, pointer, equals}: AnswerRule, result: HttpResult): boolean {
  if (result.kind === 'failed' || (status !== undefined && !status.includes(result.status))) return false;
  if (pointer === undefined) return status !== undefined;
  const value = valueAt(readJson(result.body), pointer);
  return equals === undefined ? value !== undefined : equals.some((each) => each === value);
}
