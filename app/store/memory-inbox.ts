import {type Inbox, type InboxMessage, type InboxMessageName, inboxLimits, isSameMessage} from '../delivery/inbox.ts';

export class MemoryInbox implements Inbox {
  #messages: InboxMessage[] = [];
  #pages: {readonly message: InboxMessage; readonly html: string}[] = [];

  async add(message: InboxMessage, html?: string): Promise<void> {
    this.#messages.unshift(message);
    const oldest = Date.now() - inboxLimits.keepMs;
    while (
      this.#messages.length > inboxLimits.maxMessages ||
      Date.parse(this.#messages.at(-1)?.receivedAt ?? '') < oldest
    )
      this.#messages.pop();
    if (html !== undefined) this.#pages = [{message, html}, ...this.#pages].slice(0, inboxLimits.maxPages);
  }

  async list(to?: string): Promise<InboxMessage[]> {
    return to === undefined ? [...this.#messages] : this.#messages.filter((message) => message.to === to);
  }

  async newest(): Promise<InboxMessage | undefined> {
    return this.#messages[0];
  }

  async html(name: InboxMessageName): Promise<string | undefined> {
    return this.#pages.find(({message}) => isSameMessage(message, name))?.html;
  }
}
