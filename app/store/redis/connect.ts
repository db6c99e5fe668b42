import {Redis} from 'ioredis';
import {backoffMs} from '../../domain/backoff.ts';
import {ListeningSentinelConnector} from './sentinel-connector.ts';
import type {RedisCredentials, RedisTarget} from './target.ts';

export interface RedisConnectionOptions {
  readonly target: Exclude<RedisTarget, {kind: 'cluster'}>;
  /** To the sentinels as to Redis. */
  readonly tls: boolean;
  /** Asked on every connection anew, so that a rotated password or a renewed authority needs no restart. */
  readonly credentials: () => RedisCredentials;
  /** How long a command may wait for its answer. */
  readonly timeoutMs: number;
  /** Hears when the connection is lost or refused, once until it is there again. */
  readonly onDown: (error: Error) => void;
  /** Hears when the connection is there. */
  readonly onUp: () => void;
}

/** Many services that lost one Redis do not come back all at once. */
const reconnecting = {firstMs: 50, maxMs: 500};
/** ioredis counts anew from each connection that it takes for ready. */
const lateAttempt = 10;
/** How long a peer may take to close a connection that has been given up: a frozen one never does. */
const disconnectTimeoutMs = 100;
/** A connection that says nothing for so many times as long as a command may take is given up: its server may stand still. */
const silentTimeouts = 1.5;
/** Between two tries to hear again of fail-overs from a sentinel that was gone. */
const sentinelReconnectMs = 2000;

/**
 * A connection that never resends what it has once sent, queues nothing while it is down, and keeps trying to come back:
 * a caller hears at once, or within `timeoutMs`, what happened. With sentinels it leaves a master as soon as one of them
 * tells of another.
 */
export function connectRedis(options: RedisConnectionOptions): Redis {
  const {target, timeoutMs, onDown, onUp} = options;
  let isElsewhere = false;
  const redis = new Redis({
    ...where(target, timeoutMs),
    ...login(options),
    connectTimeout: timeoutMs,
    commandTimeout: timeoutMs,
    disconnectTimeout: disconnectTimeoutMs,
    // A peer that is gone without a word (a dead node) is noticed although TCP would wait for many minutes; one that is
    // still there in name, and no master any more, keeps no connection for itself.
    keepAlive: 10_000,
    socketTimeout: silentTimeouts * timeoutMs,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    // A command whose connection is lost is rejected at once; ioredis would forget it without a word.
    maxRetriesPerRequest: 0,
    // A readiness check asks INFO, which a least-privilege user may not; a loading server refuses commands itself.
    enableReadyCheck: false,
    reconnectOnError({message}) {
      if (ofReplica.test(message)) void leaveReplica(redis);
      return false;
    },
    retryStrategy: (attempt) => {
      renew();
      return backoffMs(isElsewhere ? lateAttempt : attempt, reconnecting);
    },
    sentinelReconnectStrategy: () => {
      renew();
      return sentinelReconnectMs;
    },
    lazyConnect: true,
  });
  // ioredis reads its options on every connection.
  const renew = () => Object.assign(redis.options, login(options));
  let down = false;
  redis.on('connect', () => {
    isElsewhere = false;
  });
  redis.on('error', (error) => {
    if (!down) onDown(error);
    down = true;
    if (!isOfSelect(error)) return;
    // ioredis goes on in database 0, which may be somebody else's.
    isElsewhere = true;
    redis.disconnect(true);
  });
  redis.on('ready', () => {
    if (isElsewhere) return;
    down = false;
    onUp();
  });
  redis.connect().catch(() => {
    // Told to `onDown`; the connection goes on trying.
  });
  return redis;
}

/** As ioredis says which command an error reply is for. */
function isOfSelect(error: Error & {readonly command?: {readonly name: string}}): boolean {
  return error.command?.name === 'select';
}

/** What a server that is no master says to a write, and to `WAIT`. */
const ofReplica = /^READONLY |cannot be used with replica instances/;
const leaving = new WeakSet<Redis>();

/**
 * A server that has become a replica stays one. It knows its master, which the sentinels may name only a second later; where
 * it does not tell, the next connection asks them.
 */
async function leaveReplica(redis: Redis): Promise<void> {
  if (leaving.has(redis)) return;
  leaving.add(redis);
  try {
    const [role, host, port] = await redis.role();
    const connector: unknown = Reflect.get(redis, 'connector');
    if (role === 'slave' && connector instanceof ListeningSentinelConnector)
      connector.expect({host: String(host), port: Number(port)});
  } catch {
    // It is left all the same.
  }
  leaving.delete(redis);
  redis.disconnect(true);
}

function where(target: RedisConnectionOptions['target'], timeoutMs: number) {
  switch (target.kind) {
    case 'standalone':
      return {host: target.host, port: target.port, db: target.db};
    case 'sentinel':
      return {
        sentinels: target.sentinels.map(({host, port}) => ({host, port})),
        name: target.masterName,
        failoverDetector: true,
        sentinelCommandTimeout: timeoutMs,
        sentinelRetryStrategy: (attempt: number) => backoffMs(attempt, reconnecting),
        Connector: ListeningSentinelConnector,
      };
  }
}

function login({target, tls, credentials}: RedisConnectionOptions) {
  const {username, password, sentinelUsername, sentinelPassword, ca} = credentials();
  const secure = {rejectUnauthorized: true, minVersion: 'TLSv1.2', ...(ca === undefined ? {} : {ca})} as const;
  return {
    ...(username === undefined ? {} : {username}),
    ...(password === undefined ? {} : {password}),
    ...(tls ? {tls: secure} : {}),
    ...(target.kind !== 'sentinel'
      ? {}
      : {
          ...(sentinelUsername === undefined ? {} : {sentinelUsername}),
          ...(sentinelPassword === undefined ? {} : {sentinelPassword}),
          ...(tls ? {enableTLSForSentinelMode: true, sentinelTLS: secure} : {}),
        }),
  };
}
