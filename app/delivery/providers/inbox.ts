import type {Inbox} from '../inbox.ts';
import type {Provider} from '../provider.ts';

/** Delivers to the development inbox. */
export function inboxProvider(name: string, inbox: Inbox): Provider {
  return {
    name,
    maxConcurrent: 64,
    async send({verificationId, to, channel, subject, text, html, code}) {
      try {
        const message = {verificationId, to, channel, text, code, receivedAt: new Date().toISOString()};
        await inbox.add({...message, ...(channel === 'email' ? {subject} : {})}, html);
        return {kind: 'accepted'};
      } catch (error) {
        return {kind: 'retry', reason: error instanceof Error ? error.message : String(error)};
      }
    },
    async close() {},
  };
}
