import {sealForClient} from '../../domain/end-to-end.ts';
import type {HttpClient} from '../http/client.ts';
import {toRetry} from '../http/send-result.ts';
import type {OutgoingMessage, Provider} from '../provider.ts';
import {signedHeaders} from '../standard-webhooks.ts';

export interface WebhookOptions {
  readonly name: string;
  readonly url: string;
  /** Each signs; two while one replaces the other. */
  readonly secrets: readonly Buffer[];
  readonly client: HttpClient;
}

/** Answers that say that this message will never be taken. */
const finalStatuses = [400, 410, 422];

/** Posts messages to a server of the operator's, signed after Standard Webhooks; `webhook-id` is the message's own id. */
export function webhookProvider({name, url, secrets, client}: WebhookOptions): Provider {
  const address = new URL(url);
  return {
    name,
    maxConcurrent: 32,
    async send(message, signal) {
      const now = Date.now();
      const body = JSON.stringify({
        type: 'verification.message',
        timestamp: new Date(now).toISOString(),
        data: await content(message),
      });
      const headers = signedHeaders(secrets, {id: message.messageId, body, now});
      const result = await client.send({method: 'POST', url: address, headers, body}, signal);
      if (result.kind === 'answered' && result.status >= 200 && result.status < 300) return {kind: 'accepted'};
      if (result.kind === 'answered' && finalStatuses.includes(result.status))
        return {kind: 'refused', reason: `status ${result.status}`};
      return toRetry(result);
    },
    close: () => client.close(),
  };
}

async function content({sealFor, ...message}: OutgoingMessage): Promise<Record<string, unknown>> {
  const {verificationId, messageId, channel, to, locale, subject, text, code, callbackUrl} = message;
  const about = {verificationId, messageId, channel, to, locale, callbackUrl};
  return sealFor === undefined
    ? {...about, subject, text, code}
    : {...about, sealedCode: await sealForClient(sealFor, verificationId, code)};
}
