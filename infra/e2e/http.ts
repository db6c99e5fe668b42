import {Agent as HttpAgent, request as httpRequest} from 'node:http';
import {Agent as HttpsAgent, request as httpsRequest} from 'node:https';

export interface Answer {
  /** 0: no answer came, and `body` says why. */
  readonly status: number;
  readonly body: unknown;
  /** Of `Retry-After`, in s. */
  readonly retryAfterSeconds?: number;
}

export interface Call {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly apiKey?: string;
  readonly json?: unknown;
  readonly idempotencyKey?: string;
}

export interface Target {
  /** `http://` or `https://`, whatever the address is. */
  readonly url: string;
  /** The host name that the Ingress is for; with TLS the certificate has to be for it. */
  readonly host?: string;
  /** PEM of the authority that vouches for the certificate. */
  readonly ca?: string;
}

// Longer than any deadline of the service: a hung request has to show as one.
const timeoutMs = 15_000;

/** Speaks JSON to one server over connections that it keeps. (`fetch` does not let its caller choose the Host header.) */
export class HttpClient implements Disposable {
  readonly #target: Target;
  readonly #agent: HttpAgent | HttpsAgent;

  constructor(target: Target) {
    this.#target = target;
    const {url, host, ca} = target;
    this.#agent = url.startsWith('https:')
      ? new HttpsAgent({
          keepAlive: true,
          ...(host === undefined ? {} : {servername: host}),
          ...(ca === undefined ? {} : {ca}),
        })
      : new HttpAgent({keepAlive: true});
  }

  /** One request. Rejects when no answer comes. */
  async call({method, path, apiKey, json, idempotencyKey}: Call): Promise<Answer> {
    const {url, host} = this.#target;
    const {promise, resolve, reject} = Promise.withResolvers<Answer>();
    const headers = {
      ...(host === undefined ? {} : {host}),
      ...(apiKey === undefined ? {} : {authorization: `Bearer ${apiKey}`}),
      ...(json === undefined ? {} : {'content-type': 'application/json'}),
      ...(idempotencyKey === undefined ? {} : {'idempotency-key': idempotencyKey}),
    };
    const request = url.startsWith('https:') ? httpsRequest : httpRequest;
    const sent = request(
      new URL(path, url),
      {method, headers, agent: this.#agent, signal: AbortSignal.timeout(timeoutMs)},
      (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('error', reject);
        response.on('end', () => {
          const text = Buffer.concat(parts).toString();
          const isJson = /[/+]json/.test(response.headers['content-type'] ?? '');
          const retryAfter = Number(response.headers['retry-after']);
          resolve({
            status: response.statusCode ?? 0,
            body: isJson ? JSON.parse(text) : text,
            ...(Number.isFinite(retryAfter) ? {retryAfterSeconds: retryAfter} : {}),
          });
        });
      },
    );
    sent.on('error', reject);
    sent.end(json === undefined ? undefined : JSON.stringify(json));
    return promise;
  }

  /** The same, with status 0 for no answer. */
  async attempt(call: Call): Promise<Answer> {
    try {
      return await this.call(call);
    } catch (error) {
      return {status: 0, body: {code: error instanceof Error && 'code' in error ? String(error.code) : String(error)}};
    }
  }

  [Symbol.dispose](): void {
    this.#agent.destroy();
  }
}

/** The error's stable code in a problem document; undefined in any other body. */
export function codeOf(body: unknown): string | undefined {
  const code = typeof body === 'object' && body !== null ? Reflect.get(body, 'code') : undefined;
  return typeof code === 'string' ? code : undefined;
}
