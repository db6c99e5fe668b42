import {type Inbox, type InboxMessage, inboxLimits} from '../delivery/inbox.ts';

export class MemoryInbox implements Inbox {
  #messages: InboxMessage[] = [];

  async add(message: InboxMessage): Promise<void> {
    this.#messages.unshift(message);
    const oldest = Date.now() - inboxLimits.keepMs;
    while (
      this.#messages.length > inboxLimits.maxMessages ||
      Date.parse(this.#messages.at(-1)?.receivedAt ?? '') < oldest
    )
      this.#messages.pop();
  }

  async list(to?: string): Promise<InboxMessage[]> {
    return to === undefined ? [...this.#messages] : this.#messages.filter((message) => message.to === to);
  }
}
