import type {Inbox} from '../inbox.ts';
import type {Provider} from '../provider.ts';

/** Delivers to the development inbox. */
export function inboxProvider(name: string, inbox: Inbox): Provider {
  return {
    name,
    maxConcurrent: 64,
    async send({verificationId, to, channel, subject, text, html, code}) {
      try {
        await inbox.add({
          verificationId,
          to,
          channel,
          ...(channel === 'email' ? {subject} : {}),
          text,
          ...(html === undefined ? {} : {html}),
          code,
          receivedAt: new Date().toISOString(),
        });
        return {kind: 'accepted'};
      } catch (error) {
        return {kind: 'retry', reason: error instanceof Error ? error.message : String(error)};
      }
    },
    async close() {},
  };
}
