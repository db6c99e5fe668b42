import type {Redis} from 'ioredis';
import {connectRedis, type RedisConnectionOptions} from '../store/redis/connect.ts';
import {parseRedisUrl} from '../store/redis/target.ts';

/** A connection as the service makes it, to `redis://…`. */
export function connectTo(url: string, changes: Partial<RedisConnectionOptions> = {}): Redis {
  const parsed = parseRedisUrl(url);
  if (parsed === undefined) throw new TypeError(`${url} is no address of a Redis`);
  const {target, tls, login} = parsed;
  return connectRedis({target, tls, credentials: () => login, timeoutMs: 2000, onDown() {}, onUp() {}, ...changes});
}
