/** Every setting of the environment, once: what reads them and what documents them go by this table. */

export type Mode = 'development' | 'production' | 'test';

interface Described {
  /** For operators, in Markdown: what it decides, with its unit. */
  readonly description: string;
}

export type Setting = Described &
  (
    | {readonly kind: 'text'; readonly default?: string; readonly defaultIs?: string}
    | {
        readonly kind: 'integer';
        readonly min: number;
        readonly max: number;
        readonly default: number;
        /** @default `default` */
        readonly productionDefault?: number;
        /** In words, where it hangs on other settings. */
        readonly defaultIs?: string;
      }
    | {readonly kind: 'choice'; readonly values: readonly string[]; readonly default: string}
    /** Given as `NAME` or as the path in `NAME_FILE`. Its value is never quoted. */
    | {readonly kind: 'secret'; readonly format: string; readonly inProduction: 'required' | 'optional'}
    /** The path of a file that is read at the start. */
    | {readonly kind: 'file'; readonly format: string; readonly inProduction: 'required' | 'optional'}
  );

const modes = ['development', 'production', 'test'] as const satisfies readonly Mode[];
const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

export const settingTable = {
  NODE_ENV: {
    kind: 'choice',
    values: modes,
    default: 'development',
    description:
      '`production` refuses everything that belongs to a laptop: missing or development keys, the development inbox, the memory store, plain connections over a network, literal secrets in the file.',
  },
  OTP_CONFIG: {
    kind: 'file',
    format: 'YAML',
    inProduction: 'required',
    description:
      'The configuration file: policies, clients, providers, channels. Without it development runs with the policies `login` and `payment`, the client `dev` and the development inbox.',
  },
  OTP_SECRET_KEYS: {
    kind: 'secret',
    format: '`KID:BASE64,…`',
    inProduction: 'required',
    description:
      'The keys that codes, ids and queued messages are protected with: a name of 1 to 16 lower-case letters and digits and 32 random bytes in base64 each. The first signs, all verify. To rotate, add the new key as last, roll out, move it to first, roll out, and drop the old one once nothing under it is left: the longest lifetime, resends included, and one hour later.',
  },
  OTP_PSEUDONYM_KEY: {
    kind: 'secret',
    format: 'base64',
    inProduction: 'required',
    description:
      '32 random bytes that name the records of recipients. It does not rotate: with another key every failure budget starts anew.',
  },
  REDIS_URL: {
    kind: 'secret',
    format: '`rediss://HOST:PORT/DB`',
    inProduction: 'optional',
    description:
      'The store: one Redis. `redis://`, without TLS, is accepted in production only on loopback. Production needs this, `REDIS_SENTINELS` or `REDIS_CLUSTER`; without any of them everything is kept in memory and gone with the process.',
  },
  REDIS_SENTINELS: {
    kind: 'text',
    description:
      'The store: a Redis with replicas, found through its sentinels, `HOST:PORT,HOST:PORT`. The names that they announce have to be those of the certificates.',
  },
  REDIS_MASTER_NAME: {
    kind: 'text',
    default: 'otp',
    description: 'What the sentinels call the master. Needs `REDIS_SENTINELS`.',
  },
  REDIS_CLUSTER: {
    kind: 'text',
    description:
      'The store: a Redis Cluster; some of its nodes, `HOST:PORT,HOST:PORT`, through which the others are found.',
  },
  REDIS_TLS: {
    kind: 'choice',
    values: ['off', 'on'],
    default: 'off',
    description:
      'Whether the way to the sentinels, the servers behind them and the nodes of a cluster is TLS. Production needs `on`, but for loopback. `REDIS_URL` says it by its scheme.',
  },
  REDIS_USERNAME: {kind: 'text', description: 'The user that the service is to Redis.'},
  REDIS_PASSWORD: {
    kind: 'secret',
    format: 'text',
    inProduction: 'optional',
    description: 'Its password. From a file it is read anew for each connection: a rotation needs no restart.',
  },
  REDIS_CA_FILE: {
    kind: 'file',
    format: 'PEM',
    inProduction: 'optional',
    description:
      'The authority that signs the certificate of Redis, where it is not one of the system’s. It is read anew for each connection.',
  },
  REDIS_SENTINEL_USERNAME: {
    kind: 'text',
    description: 'The user that the service is to the sentinels. Needs `REDIS_SENTINELS`.',
  },
  REDIS_SENTINEL_PASSWORD: {
    kind: 'secret',
    format: 'text',
    inProduction: 'optional',
    description: 'Its password, read anew for each connection as well.',
  },
  REDIS_WAIT_REPLICAS: {
    kind: 'integer',
    min: 0,
    max: 5,
    default: 0,
    defaultIs: '1 with sentinels or a cluster, 0 with `REDIS_URL`',
    description:
      'How many replicas have to have a change before it is acknowledged. With 0 a fail-over forgets what the caller was told last; with `REDIS_URL` it also means that there is one Redis, whose codes outlive its restart: one that comes back with older data, or behind whose address a replica takes over, accepts a code that was used since once more.',
  },
  REDIS_WAIT_MS: {
    kind: 'integer',
    min: 1,
    max: 30_000,
    default: 500,
    defaultIs: 'half of `STORE_TIMEOUT_MS`',
    description:
      'How long a change may wait for its replicas, in milliseconds, before the answer is 503 `outcome_unknown`. Less than `STORE_TIMEOUT_MS`.',
  },
  STORE_TIMEOUT_MS: {
    kind: 'integer',
    min: 50,
    max: 60_000,
    default: 1000,
    description:
      'How long Redis may take for one try of an operation, in milliseconds. What is then known to have done nothing, and what has an idempotency key, is tried again.',
  },
  STORE_DEADLINE_MS: {
    kind: 'integer',
    min: 50,
    max: 60_000,
    default: 2500,
    defaultIs: '2500, or `STORE_TIMEOUT_MS` if that is more',
    description:
      'How long an operation of Redis may take with all its tries, in milliseconds, before the answer is 503. At least `STORE_TIMEOUT_MS`.',
  },
  HOST: {
    kind: 'text',
    default: '127.0.0.1',
    description: 'The address that the API listens on. The image sets `0.0.0.0`.',
  },
  PORT: {
    kind: 'integer',
    min: 0,
    max: 65_535,
    default: 8080,
    description: 'The port of the API, of `/livez` and of `/readyz`; 0 takes any that is free.',
  },
  METRICS_HOST: {
    kind: 'text',
    defaultIs: 'that of `HOST`',
    description: 'The address that `/metrics` listens on.',
  },
  METRICS_PORT: {
    kind: 'integer',
    min: 0,
    max: 65_535,
    default: 9464,
    description: 'The port of `/metrics`. It belongs on no public network.',
  },
  TLS_CERT_FILE: {
    kind: 'file',
    format: 'PEM',
    inProduction: 'optional',
    description:
      'With `TLS_KEY_FILE`: the API speaks HTTPS (TLS 1.2 or later) with this certificate, leaf first, then what is between it and the authority. A renewed pair is taken up within seconds of being written, without a restart and without ending a connection; a pair that does not fit together is logged and the old one stays. Without it the API speaks plain HTTP, in production too: then whatever ends TLS in front of it has to be on the same trusted network.',
  },
  TLS_KEY_FILE: {
    kind: 'file',
    format: 'PEM',
    inProduction: 'optional',
    description: 'The private key of the certificate in `TLS_CERT_FILE`, without a passphrase.',
  },
  PEERS: {
    kind: 'text',
    defaultIs: 'none: each process stands in for Redis alone',
    description:
      '`HOST:PORT` of a name that stands for all processes of the service (a headless Service), or several, separated by commas: where each finds the others while Redis is away. Several processes need it: without it one does not know what another holds. Needs Redis and the `PEER_TLS_…` files.',
  },
  PEER_PORT: {
    kind: 'integer',
    min: 0,
    max: 65_535,
    default: 9443,
    description: 'The port for calls of peers, where `PEERS` is set. It belongs into no Service and no ingress.',
  },
  PEER_HOST: {
    kind: 'text',
    defaultIs: 'that of `HOST`',
    description: 'The address that the port for peers listens on.',
  },
  PEER_TLS_CERT_FILE: {
    kind: 'file',
    format: 'PEM',
    inProduction: 'optional',
    description:
      'The certificate that this process shows to peers, both when it is called and when it calls. A renewed one is taken up without a restart.',
  },
  PEER_TLS_KEY_FILE: {
    kind: 'file',
    format: 'PEM',
    inProduction: 'optional',
    description: 'The private key of the certificate in `PEER_TLS_CERT_FILE`, without a passphrase.',
  },
  PEER_TLS_CA_FILE: {
    kind: 'file',
    format: 'PEM',
    inProduction: 'optional',
    description:
      'The authority that has to have signed the certificate of every peer; several while one replaces another. Taken up without a restart.',
  },
  PEER_TLS_SERVER_NAME: {
    kind: 'text',
    defaultIs: 'the host of `PEERS`',
    description: 'The name that the certificate of every peer has to bear.',
  },
  DRAIN_DELAY_SECONDS: {
    kind: 'integer',
    min: 0,
    max: 300,
    default: 0,
    productionDefault: 5,
    description:
      'After SIGTERM `/readyz` says 503 and the API serves on for so long, until no load balancer sends it anything.',
  },
  SHUTDOWN_TIMEOUT_SECONDS: {
    kind: 'integer',
    min: 1,
    max: 600,
    default: 30,
    description:
      'How long requests, messages in hand and connections may take to end after that. What has not ended by then is cut off, and the exit code is 1.',
  },
  PUBLIC_URL: {
    kind: 'text',
    defaultIs: '`otp-service`',
    description:
      'The address under which the service is known, such as `https://otp.example.com`. It is the issuer (`iss`) of receipts, and the base of the addresses at which providers report what became of a message: without it they are given none.',
  },
  LOG_LEVEL: {
    kind: 'choice',
    values: logLevels,
    default: 'info',
    description: 'From which level on lines are written. The log goes to standard output, a JSON object a line.',
  },
} as const satisfies Record<string, Setting>;

export type SettingName = keyof typeof settingTable;

/** The names of the settings of one kind. */
export type NameOf<Kind extends Setting['kind']> = {
  [Name in SettingName]: (typeof settingTable)[Name]['kind'] extends Kind ? Name : never;
}[SettingName];
