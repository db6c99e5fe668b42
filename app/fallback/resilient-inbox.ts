import {type Inbox, inboxLimits} from '../delivery/inbox.ts';

/** The development inbox while its store is away: the messages of the outage are shown by the process that has them. */
export function resilientInbox(inbox: Inbox, memory: Inbox): Inbox {
  return {
    add: (message) => inbox.add(message).catch(() => memory.add(message)),
    async list(to) {
      const [stored, held] = await Promise.all([inbox.list(to).catch(() => []), memory.list(to)]);
      return [...held, ...stored]
        .toSorted((a, b) => Date.parse(b.receivedAt) - Date.parse(a.receivedAt))
        .slice(0, inboxLimits.maxMessages);
    },
  };
}
