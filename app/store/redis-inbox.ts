import type {Redis} from 'ioredis';
import {type Inbox, type InboxMessage, inboxLimits} from '../delivery/inbox.ts';
import {inboxKey} from './keys.ts';
import {toStoreError} from './redis-errors.ts';

/** The development inbox of several processes that share a Redis. */
export class RedisInbox implements Inbox {
  readonly #redis: Redis;

  constructor(redis: Redis) {
    this.#redis = redis;
  }

  async add(message: InboxMessage): Promise<void> {
    const replies = await this.#redis
      .multi()
      .lpush(inboxKey, JSON.stringify(message))
      .ltrim(inboxKey, 0, inboxLimits.maxMessages - 1)
      .pexpire(inboxKey, inboxLimits.keepMs)
      .exec();
    for (const [error] of replies ?? []) if (error) throw toStoreError(error);
  }

  async list(to?: string): Promise<InboxMessage[]> {
    const messages = (
      await this.#redis.lrange(inboxKey, 0, -1).catch((error) => Promise.reject(toStoreError(error)))
    ).map((text) => JSON.parse(text) as InboxMessage);
    return to === undefined ? messages : messages.filter((message) => message.to === to);
  }
}
