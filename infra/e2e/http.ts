import {request} from 'node:http';

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

export interface Call {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** The host name that the Ingress is for, whatever the address is. */
  readonly host?: string;
  readonly apiKey?: string;
  readonly json?: unknown;
}

const timeoutMs = 10_000;

/** One request with JSON in and out. (`fetch` does not let its caller choose the Host header.) */
export async function call(baseUrl: string, {method, path, host, apiKey, json}: Call): Promise<Answer> {
  const {promise, resolve, reject} = Promise.withResolvers<Answer>();
  const headers = {
    ...(host === undefined ? {} : {host}),
    ...(apiKey === undefined ? {} : {authorization: `Bearer ${apiKey}`}),
    ...(json === undefined ? {} : {'content-type': 'application/json'}),
  };
  const sent = request(
    new URL(path, baseUrl),
    {method, headers, agent: false, signal: AbortSignal.timeout(timeoutMs)},
    (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(parts).toString();
        const isJson = /[/+]json/.test(response.headers['content-type'] ?? '');
        resolve({status: response.statusCode ?? 0, body: isJson ? JSON.parse(text) : text});
      });
    },
  );
  sent.on('error', reject);
  sent.end(json === undefined ? undefined : JSON.stringify(json));
  return promise;
}
