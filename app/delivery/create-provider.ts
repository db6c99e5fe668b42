import {assertNever} from '../domain/assert-never.ts';
import {HttpClient, type HttpClientOptions} from './http/client.ts';
import type {Inbox} from './inbox.ts';
import type {Provider} from './provider.ts';
import {type HttpProviderOptions, httpProvider} from './providers/http.ts';
import {inboxProvider} from './providers/inbox.ts';
import {type SmtpOptions, smtpProvider} from './providers/smtp.ts';
import {type TwilioOptions, twilioProvider} from './providers/twilio.ts';
import {type WebhookOptions, webhookProvider} from './providers/webhook.ts';

type OverHttp<Options> = Omit<Options, 'client'> & {readonly connection: HttpClientOptions};

/** A provider as it is configured, with its secrets read. */
export type ProviderSettings =
  | {readonly kind: 'inbox'; readonly name: string}
  | ({readonly kind: 'smtp'} & SmtpOptions)
  | ({readonly kind: 'twilio'} & OverHttp<TwilioOptions>)
  | ({readonly kind: 'http'} & OverHttp<HttpProviderOptions>)
  | ({readonly kind: 'webhook'} & OverHttp<WebhookOptions>);

/** Opens a provider; whoever opens it closes it. */
export function createProvider(settings: ProviderSettings, inbox: Inbox): Provider {
  switch (settings.kind) {
    case 'inbox':
      return inboxProvider(settings.name, inbox);
    case 'smtp':
      return smtpProvider(settings);
    case 'twilio':
      return twilioProvider({...settings, client: new HttpClient(settings.connection)});
    case 'http':
      return httpProvider({...settings, client: new HttpClient(settings.connection)});
    case 'webhook':
      return webhookProvider({...settings, client: new HttpClient(settings.connection)});
    default:
      return assertNever(settings);
  }
}
