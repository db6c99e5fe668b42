import {type Network, parseNetwork} from '../delivery/http/address-guard.ts';
import type {HttpClientOptions} from '../delivery/http/client.ts';
import {readWebhookSecret} from '../delivery/standard-webhooks.ts';
import {quote} from './problems.ts';
import type {Secret} from './reference-schema.ts';
import {readReference, readSecretFile} from './secret.ts';
import type {Mode} from './setting-table.ts';

/** Reads values of one part of the file, and says in `problems` what is wrong with them. */
export interface PartReader {
  readonly mode: Mode;
  /** Adds a fault of the field below this part. */
  refuse(field: string, problem: string): void;
  /** Empty if it cannot be read, which is then a problem. */
  secret(field: string, value: Secret): string;
  ca(caFile: string | undefined): {ca?: string};
  url(field: string, value: string): string;
  networks(values: readonly string[]): readonly Network[];
  webhookSecrets(field: string, values: readonly Secret[]): Buffer[];
}

export function createPartReader(
  at: string,
  mode: Mode,
  environment: NodeJS.ProcessEnv,
  problems: string[],
): PartReader {
  const reader: PartReader = {
    mode,
    refuse: (field, problem) => problems.push(`${at}.${field}: ${problem}`),
    secret(field, value) {
      if (mode === 'production' && typeof value === 'string')
        reader.refuse(field, 'a literal secret, expected {file: PATH} or {env: NAME} in production');
      const read = typeof value === 'string' ? {value} : readReference(value, environment);
      if ('value' in read) return read.value;
      reader.refuse(field, read.problem);
      return '';
    },
    ca(caFile) {
      if (caFile === undefined) return {};
      const read = readSecretFile(caFile);
      if ('value' in read) return {ca: read.value};
      reader.refuse('caFile', read.problem);
      return {};
    },
    url(field, value) {
      // What stands for a part of a message has no place where it would choose the server.
      const [authority = ''] = /^https?:\/\/[^/?#]*/.exec(value) ?? [];
      if (/[{}]/.test(authority)) reader.refuse(field, `${quote(value)}, expected no placeholder before the path`);
      else if (!URL.canParse(value))
        reader.refuse(field, `${quote(value)}, expected an address such as https://example.com/otp`);
      else if (new URL(value).username !== '' || new URL(value).password !== '')
        reader.refuse(field, 'not quoted, expected no user and no password in an address');
      else if (mode === 'production' && value.startsWith('http:') && !isLoopback(new URL(value).hostname))
        reader.refuse(field, `${quote(value)}, expected https:// in production`);
      return value;
    },
    networks: (values) =>
      values.flatMap((value) => {
        const network = parseNetwork(value);
        if (network === undefined)
          reader.refuse('allowAddresses', `${quote(value)}, expected an address or ADDRESS/BITS`);
        return network ?? [];
      }),
    webhookSecrets: (field, values) =>
      values.flatMap((value) => {
        const text = reader.secret(field, value);
        const secret = readWebhookSecret(text);
        if (text !== '' && secret === undefined)
          reader.refuse(field, 'not quoted, expected whsec_ and base64 of 24 to 64 bytes');
        return secret ?? [];
      }),
  };
  return reader;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

export function readConnection(
  settings: {caFile?: string; allowAddresses: string[]; timeoutMs: number; maxConnections?: number},
  {ca, networks}: PartReader,
): HttpClientOptions {
  const {caFile, allowAddresses, timeoutMs, maxConnections} = settings;
  return {
    ...ca(caFile),
    allowed: networks(allowAddresses),
    timeoutMs,
    ...(maxConnections === undefined ? {} : {maxConnections}),
  };
}
