/** Where a server listens. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** How Redis is found. */
export type RedisTarget =
  | (Endpoint & {readonly kind: 'standalone'; readonly db: number})
  /** The sentinels are asked on each connection which server is the master now. */
  | {readonly kind: 'sentinel'; readonly sentinels: readonly Endpoint[]; readonly masterName: string}
  /** Any of its nodes knows the others. */
  | {readonly kind: 'cluster'; readonly nodes: readonly Endpoint[]};

/** What a connection is opened with. */
export interface RedisCredentials {
  readonly username?: string;
  readonly password?: string;
  /** For the sentinels, which have users of their own. */
  readonly sentinelUsername?: string;
  readonly sentinelPassword?: string;
  /** PEM; @default the system's certificate authorities */
  readonly ca?: string;
}

const defaultPort = 6379;

/** Reads `redis://HOST:PORT/DB` or `rediss://…`, where the latter means TLS; undefined if it is neither. */
export function parseRedisUrl(
  text: string,
):
  | {readonly target: RedisTarget & {kind: 'standalone'}; readonly tls: boolean; readonly login: RedisCredentials}
  | undefined {
  if (!/^rediss?:\/\/[^/]+(\/\d{1,3})?\/?$/.test(text) || !URL.canParse(text)) return undefined;
  const {protocol, hostname, port, pathname, username, password} = new URL(text);
  return {
    target: {
      kind: 'standalone',
      host: hostname.replace(/^\[|\]$/g, ''),
      port: port === '' ? defaultPort : Number(port),
      db: Number(pathname.replaceAll('/', '') || 0),
    },
    tls: protocol === 'rediss:',
    login: {
      ...(username === '' ? {} : {username: decodeURIComponent(username)}),
      ...(password === '' ? {} : {password: decodeURIComponent(password)}),
    },
  };
}

export function isSameEndpoint(one: Endpoint | undefined, other: Endpoint | undefined): boolean {
  return one?.host === other?.host && one?.port === other?.port;
}

/** `host:port`, an IPv6 address in brackets. */
export function formatEndpoint({host, port}: Endpoint): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}
