import {type Inbox, type InboxMessage, type InboxMessageName, inboxLimits, isSameMessage} from '../delivery/inbox.ts';
import {inboxKey, inboxPagesKey} from './keys.ts';
import type {RedisServers} from './redis/servers.ts';
import {toStoreError} from './redis-errors.ts';

type StoredPage = InboxMessageName & {readonly html: string};

/** The development inbox of several processes that share a Redis. */
export class RedisInbox implements Inbox {
  readonly #servers: Pick<RedisServers, 'connection'>;

  constructor(servers: Pick<RedisServers, 'connection'>) {
    this.#servers = servers;
  }

  async add(message: InboxMessage, html?: string): Promise<void> {
    await this.#push(inboxKey, message, inboxLimits.maxMessages);
    const {verificationId, receivedAt} = message;
    if (html !== undefined)
      await this.#push(inboxPagesKey, {verificationId, receivedAt, html} satisfies StoredPage, inboxLimits.maxPages);
  }

  async list(to?: string): Promise<InboxMessage[]> {
    const messages = await this.#read<InboxMessage>(inboxKey, -1);
    return to === undefined ? messages : messages.filter((message) => message.to === to);
  }

  async newest(): Promise<InboxMessage | undefined> {
    return (await this.#read<InboxMessage>(inboxKey, 0))[0];
  }

  async html(name: InboxMessageName): Promise<string | undefined> {
    return (await this.#read<StoredPage>(inboxPagesKey, -1)).find((page) => isSameMessage(page, name))?.html;
  }

  async #push(key: string, value: object, max: number): Promise<void> {
    const replies = await this.#servers
      .connection(key)
      .multi()
      .lpush(key, JSON.stringify(value))
      .ltrim(key, 0, max - 1)
      .pexpire(key, inboxLimits.keepMs)
      .exec();
    for (const [error] of replies ?? []) if (error) throw toStoreError(error);
  }

  /** From the newest, number 0, to the one of number `last`; -1 is the oldest. */
  async #read<T>(key: string, last: number): Promise<T[]> {
    const texts = await this.#servers
      .connection(key)
      .lrange(key, 0, last)
      .catch((error) => Promise.reject(toStoreError(error)));
    return texts.map((text) => JSON.parse(text) as T);
  }
}
