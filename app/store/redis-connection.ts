import {Redis} from 'ioredis';

export interface RedisConnectionOptions {
  /** `redis://` or `rediss://host:port/db`. */
  readonly url: string;
  readonly username?: string;
  readonly password?: string;
  /** PEM; @default the system's certificate authorities */
  readonly ca?: string;
  /** How long a command may wait for its answer. */
  readonly timeoutMs: number;
  /** Hears when the connection is lost or refused, once until it is there again. */
  readonly onDown: (error: Error) => void;
  /** Hears when the connection is there. */
  readonly onUp: () => void;
}

const maxReconnectDelayMs = 1000;

/**
 * A connection that never resends what it has once sent, queues nothing while it is down, and keeps trying to come back:
 * a caller hears at once, or within `timeoutMs`, what happened.
 */
export function connectRedis({url, username, password, ca, timeoutMs, onDown, onUp}: RedisConnectionOptions): Redis {
  const redis = new Redis(url, {
    ...(username === undefined ? {} : {username}),
    ...(password === undefined ? {} : {password}),
    ...(url.startsWith('rediss:')
      ? {tls: {rejectUnauthorized: true, minVersion: 'TLSv1.2', ...(ca === undefined ? {} : {ca})}}
      : {}),
    connectTimeout: timeoutMs,
    commandTimeout: timeoutMs,
    // A peer that is gone without a word (a dead node) is noticed although TCP would wait for many minutes.
    keepAlive: 10_000,
    socketTimeout: Math.max(5 * timeoutMs, 10_000),
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    // A command whose connection is lost is rejected at once; ioredis would forget it without a word.
    maxRetriesPerRequest: 0,
    // A readiness check asks INFO, which a least-privilege user may not; a loading server refuses commands itself.
    enableReadyCheck: false,
    retryStrategy: (attempt) => Math.random() * Math.min(50 * 2 ** Math.min(attempt, 10), maxReconnectDelayMs),
    lazyConnect: true,
  });
  let down = false;
  redis.on('error', (error) => {
    if (!down) onDown(error);
    down = true;
    // ioredis goes on in database 0, which may be somebody else's.
    if (/DB index|invalid DB/i.test(error.message)) redis.disconnect();
  });
  redis.on('ready', () => {
    down = false;
    onUp();
  });
  redis.connect().catch(() => {
    // Told to `onDown`; the connection goes on trying.
  });
  return redis;
}
