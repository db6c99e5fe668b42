import {type Inbox, type InboxMessage, inboxLimits} from '../delivery/inbox.ts';
import {inboxKey} from './keys.ts';
import type {RedisServers} from './redis/servers.ts';
import {toStoreError} from './redis-errors.ts';

/** The development inbox of several processes that share a Redis. */
export class RedisInbox implements Inbox {
  readonly #servers: Pick<RedisServers, 'connection'>;

  constructor(servers: Pick<RedisServers, 'connection'>) {
    this.#servers = servers;
  }

  async add(message: InboxMessage): Promise<void> {
    const replies = await this.#servers
      .connection(inboxKey)
      .multi()
      .lpush(inboxKey, JSON.stringify(message))
      .ltrim(inboxKey, 0, inboxLimits.maxMessages - 1)
      .pexpire(inboxKey, inboxLimits.keepMs)
      .exec();
    for (const [error] of replies ?? []) if (error) throw toStoreError(error);
  }

  async list(to?: string): Promise<InboxMessage[]> {
    const messages = (
      await this.#servers
        .connection(inboxKey)
        .lrange(inboxKey, 0, -1)
        .catch((error) => Promise.reject(toStoreError(error)))
    ).map((text) => JSON.parse(text) as InboxMessage);
    return to === undefined ? messages : messages.filter((message) => message.to === to);
  }
}
