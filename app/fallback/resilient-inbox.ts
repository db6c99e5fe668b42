import {type Inbox, inboxLimits} from '../delivery/inbox.ts';

/** The development inbox while its store is away: the messages of the outage are shown by the process that has them. */
export function resilientInbox(inbox: Inbox, memory: Inbox): Inbox {
  return {
    add: (message, html) => inbox.add(message, html).catch(() => memory.add(message, html)),
    async list(to) {
      const [stored, held] = await Promise.all([inbox.list(to).catch(() => []), memory.list(to)]);
      return [...held, ...stored]
        .toSorted((a, b) => Date.parse(b.receivedAt) - Date.parse(a.receivedAt))
        .slice(0, inboxLimits.maxMessages);
    },
    async newest() {
      const [stored, held] = await Promise.all([inbox.newest().catch(() => undefined), memory.newest()]);
      const isHeld = held !== undefined && !(stored !== undefined && stored.receivedAt > held.receivedAt);
      return isHeld ? held : stored;
    },
    html: async (name) => (await memory.html(name)) ?? inbox.html(name),
  };
}
