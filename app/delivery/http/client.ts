import {type LookupAddress, type LookupAllOptions, lookup as resolveName} from 'node:dns';
import {isIP, type LookupFunction} from 'node:net';
import {Agent, request} from 'undici';
import {mayConnect, type Network} from './address-guard.ts';

export interface HttpRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export type HttpResult =
  | {
      readonly kind: 'answered';
      readonly status: number;
      /** The beginning of the body, 64 KiB at most. */
      readonly body: string;
      /** From `Retry-After`, if there was one that can be read. */
      readonly retryAfterMs?: number;
    }
  /** No answer came. `reason` is for operators: an error's code, and nothing of the request. */
  | {readonly kind: 'failed'; readonly reason: string};

export interface HttpClientOptions {
  /** Addresses that are not public and may be connected to all the same. @default none */
  readonly allowed?: readonly Network[];
  /** PEM; @default the system's certificate authorities */
  readonly ca?: string;
  /** Connections to one host. @default 32 */
  readonly maxConnections?: number;
  /** For the whole exchange. @default 10,000 */
  readonly timeoutMs?: number;
  /** Finds all addresses of a name. @default the system's */
  readonly resolve?: Resolve;
}

export type Resolve = (
  hostname: string,
  options: LookupAllOptions,
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

const maxBodyBytes = 64 * 1024;
/** A far side may ask for a pause; longer than this it is not believed. */
const maxRetryAfterMs = 300_000;
const keepAliveMs = 10_000;

/**
 * Asks servers whose addresses come from the configuration. It connects to addresses that it has checked and to no
 * others, follows no redirect and verifies every certificate. Whoever opens it closes it.
 */
export class HttpClient {
  readonly #agent: Agent;
  readonly #allowed: readonly Network[];
  readonly #timeoutMs: number;

  constructor({
    allowed = [],
    ca,
    maxConnections = 32,
    timeoutMs = 10_000,
    resolve = resolveName,
  }: HttpClientOptions = {}) {
    this.#allowed = allowed;
    this.#timeoutMs = timeoutMs;
    this.#agent = new Agent({
      connections: maxConnections,
      pipelining: 1,
      allowH2: false,
      keepAliveTimeout: keepAliveMs,
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      connect: {
        timeout: timeoutMs,
        lookup: checkedLookup(resolve, allowed),
        // Said explicitly: an environment variable of Node could turn it off.
        rejectUnauthorized: true,
        minVersion: 'TLSv1.2',
        ...(ca === undefined ? {} : {ca}),
      },
    });
  }

  /** Never rejects for what the far side does. */
  async send({method, url, headers, body}: HttpRequest, signal: AbortSignal): Promise<HttpResult> {
    // A socket is opened to a literal address without any look-up that could check it.
    const literal = url.hostname.replace(/^\[|\]$/g, '');
    if (isIP(literal) !== 0 && !mayConnect(literal, this.#allowed)) return {kind: 'failed', reason: refusedAddress};
    try {
      const answer = await request(url, {
        method,
        headers,
        ...(body === undefined ? {} : {body}),
        dispatcher: this.#agent,
        signal: AbortSignal.any([signal, AbortSignal.timeout(this.#timeoutMs)]),
      });
      const retryAfterMs = readRetryAfter(answer.headers['retry-after']);
      return {
        kind: 'answered',
        status: answer.statusCode,
        body: await readStart(answer.body),
        ...(retryAfterMs === undefined ? {} : {retryAfterMs}),
      };
    } catch (error) {
      return {kind: 'failed', reason: reasonOf(error)};
    }
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }
}

const refusedAddress = 'ADDRESS_NOT_ALLOWED';

/**
 * A look-up whose answer is what will be connected to: there is no second one that could say something else. One address
 * that is not allowed spoils the whole answer.
 */
function checkedLookup(resolve: Resolve, allowed: readonly Network[]): LookupFunction {
  return (hostname, {all, ...options}, callback) => {
    resolve(hostname, {...options, all: true}, (error, addresses) => {
      const [first] = addresses ?? [];
      if (error !== null || first === undefined) return callback(error ?? refusal('ENOTFOUND'), '', 0);
      if (!addresses.every(({address}) => mayConnect(address, allowed)))
        return callback(refusal(refusedAddress), '', 0);
      return all === true ? callback(null, addresses) : callback(null, first.address, first.family);
    });
  };
}

function refusal(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(code), {code});
}

async function readStart(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    bytes += chunk.length;
    // Leaving the loop ends the connection: who sends more is not listened to.
    if (bytes > maxBodyBytes) break;
  }
  return Buffer.concat(chunks).subarray(0, maxBodyBytes).toString('utf8');
}

/** Seconds or a date (RFC 9110 §10.2.3). */
function readRetryAfter(header: string | string[] | undefined): number | undefined {
  if (typeof header !== 'string') return undefined;
  const ms = /^\d{1,9}$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(0, ms), maxRetryAfterMs);
}

/** An error's code. Its message may repeat what was sent. */
function reasonOf(error: unknown): string {
  const {code, name, cause} = error as {code?: unknown; name?: unknown; cause?: unknown};
  if (typeof code === 'string') return code;
  if (cause !== undefined) return reasonOf(cause);
  return typeof name === 'string' ? name : 'error';
}
