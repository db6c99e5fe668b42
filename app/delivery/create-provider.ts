import {assertNever} from '../domain/assert-never.ts';
import type {CallbackReader} from './callbacks/callback.ts';
import {type SignedCallbacksOptions, signedCallbacks} from './callbacks/signed.ts';
import {twilioCallbacks} from './callbacks/twilio.ts';
import type {HttpClient, HttpClientOptions} from './http/client.ts';
import type {Inbox} from './inbox.ts';
import type {Provider} from './provider.ts';
import type {HttpProviderOptions} from './providers/http.ts';
import {inboxProvider} from './providers/inbox.ts';
import type {SmtpOptions} from './providers/smtp.ts';
import type {TwilioOptions} from './providers/twilio.ts';
import type {WebhookOptions} from './providers/webhook.ts';

type OverHttp<Options> = Omit<Options, 'client'> & {readonly connection: HttpClientOptions};

/** A provider as it is configured, with its secrets read. */
export type ProviderSettings =
  | {readonly kind: 'inbox'; readonly name: string}
  | ({readonly kind: 'smtp'} & SmtpOptions)
  | ({readonly kind: 'twilio'} & OverHttp<TwilioOptions>)
  | ({readonly kind: 'http'; readonly callback?: SignedCallbacksOptions} & OverHttp<HttpProviderOptions>)
  | ({readonly kind: 'webhook'} & OverHttp<WebhookOptions>);

/**
 * Opens a provider; whoever opens it closes it. Each kind is loaded when one of it is configured: their libraries are a
 * good part of the service's memory and start.
 */
export async function createProvider(settings: ProviderSettings, inbox: Inbox): Promise<Provider> {
  switch (settings.kind) {
    case 'inbox':
      return inboxProvider(settings.name, inbox);
    case 'smtp': {
      const {smtpProvider} = await import('./providers/smtp.ts');
      return smtpProvider(settings);
    }
    case 'twilio': {
      const {twilioProvider} = await import('./providers/twilio.ts');
      return twilioProvider({...settings, client: await connect(settings)});
    }
    case 'http': {
      const {httpProvider} = await import('./providers/http.ts');
      return httpProvider({...settings, client: await connect(settings)});
    }
    case 'webhook': {
      const {webhookProvider} = await import('./providers/webhook.ts');
      return webhookProvider({...settings, client: await connect(settings)});
    }
    default:
      return assertNever(settings);
  }
}

async function connect({connection}: {readonly connection: HttpClientOptions}): Promise<HttpClient> {
  const {HttpClient} = await import('./http/client.ts');
  return new HttpClient(connection);
}

/** Reads what a provider tells of messages that it has taken; undefined for one that tells nothing. */
export function createCallbackReader(settings: ProviderSettings): CallbackReader | undefined {
  switch (settings.kind) {
    case 'twilio':
      return twilioCallbacks(settings.authToken);
    case 'http':
      return settings.callback === undefined ? undefined : signedCallbacks(settings.callback);
    case 'webhook':
      return signedCallbacks({
        secrets: settings.secrets,
        pointer: '/status',
        delivered: ['delivered'],
        failed: ['failed'],
      });
    case 'inbox':
    case 'smtp':
      return undefined;
    default:
      return assertNever(settings);
  }
}
