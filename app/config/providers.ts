import {createPrivateKey} from 'node:crypto';
import type {ProviderSettings} from '../delivery/create-provider.ts';
import {headerPlaceholders, textsOf, unknownPlaceholders} from '../delivery/http/placeholders.ts';
import {assertNever} from '../domain/assert-never.ts';
import type {Channel} from '../domain/policy.ts';
import {createPartReader, type PartReader, readConnection} from './part-reader.ts';
import {quote} from './problems.ts';
import type {HttpSettings, SmtpSettings, TwilioSettings, WebhookSettings} from './provider-schema.ts';
import type {Secret} from './reference-schema.ts';
import type {ConfigurationFile} from './schema.ts';
import type {Mode} from './setting-table.ts';

export function readProviders(
  {providers}: Pick<ConfigurationFile, 'providers'>,
  mode: Mode,
  environment: NodeJS.ProcessEnv,
  problems: string[],
): ProviderSettings[] {
  return Object.entries(providers).map(([name, settings]) => {
    const reader = createPartReader(`providers.${name}`, mode, environment, problems);
    switch (settings.kind) {
      case 'inbox':
        if (mode === 'production')
          problems.push(`providers.${name}: the development inbox delivers to nobody, it is refused in production`);
        return {kind: 'inbox', name};
      case 'smtp':
        return {kind: 'smtp', name, ...readSmtp(settings, reader)};
      case 'twilio':
        return {kind: 'twilio', name, ...readTwilio(settings, reader)};
      case 'http':
        return {kind: 'http', name, ...readHttp(settings, reader)};
      case 'webhook':
        return {kind: 'webhook', name, ...readWebhook(settings, reader)};
      default:
        return assertNever(settings);
    }
  });
}

/** Why a provider cannot carry the messages of a channel; undefined if it can. */
export function channelProblem(settings: ConfigurationFile['providers'][string], channel: Channel): string | undefined {
  if (settings.kind === 'smtp' && channel !== 'email') return 'carries mail only';
  if (settings.kind !== 'twilio') return undefined;
  if (channel !== 'sms' && channel !== 'voice' && channel !== 'whatsapp') return 'carries sms, voice and whatsapp only';
  return settings[channel] === undefined ? `has no ${channel}: say who it comes from` : undefined;
}

function readSmtp({kind: _kind, password, caFile, dkim, ...rest}: SmtpSettings, reader: PartReader) {
  const {mode, refuse, secret, ca} = reader;
  if (mode === 'production' && rest.tls === 'none')
    refuse('tls', '"none", expected starttls or implicit in production');
  if ((rest.username === undefined) !== (password === undefined))
    refuse('username', 'username and password come together or not at all');
  return {
    ...rest,
    ...ca(caFile),
    ...(password === undefined ? {} : {password: secret('password', password)}),
    ...(dkim === undefined ? {} : {dkim: {...dkim, privateKey: readDkimKey(dkim.privateKey, reader)}}),
  };
}

function readDkimKey(value: Secret, {secret, refuse}: PartReader): string {
  const pem = secret('dkim.privateKey', value);
  try {
    if (pem !== '') createPrivateKey(pem);
  } catch {
    refuse('dkim.privateKey', 'not quoted, expected a private key in PEM without a passphrase');
  }
  return pem;
}

function readTwilio(settings: TwilioSettings, reader: PartReader) {
  const {accountSid, authToken, sms, voice, whatsapp, baseUrl} = settings;
  if (sms !== undefined && (sms.from === undefined) === (sms.messagingServiceSid === undefined))
    reader.refuse('sms', `${quote(sms)}, expected either from or messagingServiceSid`);
  return {
    accountSid,
    authToken: reader.secret('authToken', authToken),
    connection: readConnection(settings, reader),
    ...(baseUrl === undefined ? {} : {baseUrl: reader.url('baseUrl', baseUrl)}),
    ...(sms === undefined ? {} : {sms}),
    ...(voice === undefined ? {} : {voice}),
    ...(whatsapp === undefined ? {} : {whatsapp}),
  };
}

const secretHeader = /auth|token|secret|cookie|(?<!idempotency-)key/i;

function readHttp(settings: HttpSettings, reader: PartReader) {
  const {method, success, refused, maxConnections} = settings;
  const headers = Object.entries(settings.headers).map(([header, value]) => {
    const field = `headers.${header}`;
    if (typeof value === 'object' || secretHeader.test(header))
      return [header.toLowerCase(), reader.secret(field, value)];
    refuseUnknown(reader, field, [value], headerPlaceholders);
    if (/[^\t -~]/.test(value)) reader.refuse(field, 'not quoted, expected visible ASCII characters');
    return [header.toLowerCase(), value];
  });
  refuseUnknown(reader, 'url', [settings.url]);
  return {
    method,
    url: reader.url('url', settings.url),
    headers: Object.fromEntries(headers) as Record<string, string>,
    body: readBody(settings, reader),
    success,
    refused,
    ...(settings.callback === undefined
      ? {}
      : {
          callback: {
            ...settings.callback,
            secrets: reader.webhookSecrets('callback.secrets', settings.callback.secrets),
          },
        }),
    maxConnections,
    connection: readConnection(settings, reader),
  };
}

function readBody({json, form, text}: HttpSettings, reader: PartReader) {
  const given = Object.entries({json, form, text}).filter(([, template]) => template !== undefined);
  if (given.length !== 1)
    reader.refuse(
      'json',
      `${given.length === 0 ? 'no body' : quote(given.map(([name]) => name))}, expected one of json, form and text`,
    );
  for (const [name, template] of given) refuseUnknown(reader, name, textsOf(template));
  if (form !== undefined) return {format: 'form', template: form} as const;
  if (text !== undefined) return {format: 'text', template: text} as const;
  return {format: 'json', template: json} as const;
}

function refuseUnknown(
  {refuse}: PartReader,
  field: string,
  templates: readonly string[],
  allowed?: Parameters<typeof unknownPlaceholders>[1],
): void {
  for (const template of templates)
    for (const name of unknownPlaceholders(template, allowed))
      refuse(
        field,
        `${quote(`{${name}}`)} stands for nothing here${allowed === undefined ? '' : `, expected one of ${allowed.join(', ')}`}`,
      );
}

function readWebhook(settings: WebhookSettings, reader: PartReader) {
  if (/[{}]/.test(settings.url))
    reader.refuse('url', `${quote(settings.url)}, expected an address without placeholders`);
  return {
    url: reader.url('url', settings.url),
    secrets: reader.webhookSecrets('secrets', settings.secrets),
    connection: readConnection(settings, reader),
  };
}
