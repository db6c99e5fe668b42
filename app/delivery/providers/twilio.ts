import {assertNever} from '../../domain/assert-never.ts';
import type {HttpClient, HttpResult} from '../http/client.ts';
import {readJson, toRetry} from '../http/send-result.ts';
import type {OutgoingMessage, Provider, SendResult} from '../provider.ts';

export interface TwilioOptions {
  readonly name: string;
  readonly accountSid: string;
  readonly authToken: string;
  /** @default `https://api.twilio.com` */
  readonly baseUrl?: string;
  /** Without one of them the account carries no messages of that channel. */
  readonly sms?: {readonly from?: string; readonly messagingServiceSid?: string};
  readonly voice?: {readonly from: string};
  /** `contentSid`: an approved authentication template whose variable 1 is the code. */
  readonly whatsapp?: {readonly from: string; readonly contentSid?: string};
  readonly client: HttpClient;
}

/** Numbers that will never take a message: https://www.twilio.com/docs/api/errors */
const finalErrors = new Set([
  13_223, // voice: not a phone number
  13_224, // voice: not a valid phone number
  21_211, // "To" is not a valid phone number
  21_214, // "To" cannot be reached
  21_217, // not a phone number
  21_219, // not verified, on a trial account
  21_408, // no permission for this region
  21_610, // the recipient has said STOP
  21_612, // no route to this number
  21_614, // not a mobile number
  21_635, // a landline
  63_003, // WhatsApp: not a valid address
  63_024, // WhatsApp: no such recipient
  63_033, // WhatsApp: the recipient has blocked the sender
]);

/** What Twilio says of a message that it will not deliver (also with a status of success). */
const failedStatuses = ['failed', 'undelivered', 'canceled'];

/** Sends text messages, calls and WhatsApp messages through Twilio's REST API (2010-04-01). */
export function twilioProvider(options: TwilioOptions): Provider {
  const {name, accountSid, authToken, baseUrl = 'https://api.twilio.com', client} = options;
  const account = `${baseUrl.replace(/\/$/, '')}/2010-04-01/Accounts/${encodeURIComponent(accountSid)}`;
  const authorization = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`;
  return {
    name,
    maxConcurrent: 32,
    async send(message, signal) {
      const request = toRequest(options, message);
      if (request === undefined) return {kind: 'refused', reason: `carries no ${message.channel}`};
      const form = new URLSearchParams({...request.form, ...statusCallback(message, request.resource)});
      const result = await client.send(
        {
          method: 'POST',
          url: new URL(`${account}/${request.resource}.json`),
          headers: {authorization, 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json'},
          body: form.toString(),
        },
        signal,
      );
      return toSendResult(result);
    },
    close: () => client.close(),
  };
}

type Resource = 'Messages' | 'Calls';

function toRequest(
  {sms, voice, whatsapp}: TwilioOptions,
  message: OutgoingMessage,
): {resource: Resource; form: Record<string, string>} | undefined {
  const {to, text, code} = message;
  switch (message.channel) {
    case 'sms':
      if (sms === undefined) return undefined;
      return {
        resource: 'Messages',
        form: {
          To: to,
          Body: text,
          ...(sms.messagingServiceSid === undefined
            ? {From: sms.from ?? ''}
            : {MessagingServiceSid: sms.messagingServiceSid}),
        },
      };
    case 'whatsapp':
      if (whatsapp === undefined) return undefined;
      return {
        resource: 'Messages',
        form: {
          To: `whatsapp:${to}`,
          From: `whatsapp:${whatsapp.from}`,
          ...(whatsapp.contentSid === undefined
            ? {Body: text}
            : {ContentSid: whatsapp.contentSid, ContentVariables: JSON.stringify({1: code})}),
        },
      };
    case 'voice':
      if (voice === undefined) return undefined;
      return {resource: 'Calls', form: {To: to, From: voice.from, Twiml: spoken(message)}};
    case 'email':
    case 'webhook':
    case 'direct':
      return undefined;
    default:
      return assertNever(message.channel);
  }
}

/** The text says the code symbol by symbol, and twice: at the first time people look for a pen. */
function spoken({text, locale}: OutgoingMessage): string {
  return `<Response><Say language="${escapeXml(locale)}">${escapeXml(text)}</Say></Response>`;
}

function escapeXml(text: string): string {
  return text.replace(/[<>&"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

function statusCallback({callbackUrl}: OutgoingMessage, resource: Resource): Record<string, string> {
  if (callbackUrl === undefined) return {};
  return {StatusCallback: callbackUrl, ...(resource === 'Calls' ? {StatusCallbackEvent: 'completed'} : {})};
}

function toSendResult(result: HttpResult): SendResult {
  if (result.kind === 'failed') return toRetry(result);
  const answer = readJson(result.body) as {
    code?: unknown;
    error_code?: unknown;
    status?: unknown;
    sid?: unknown;
  } | null;
  const error = answer?.error_code ?? answer?.code ?? undefined;
  const reason = `status ${result.status}${typeof error === 'number' ? `, error ${error}` : ''}`;
  if (result.status === 200 || result.status === 201) {
    if (typeof answer?.status === 'string' && failedStatuses.includes(answer.status)) return {kind: 'refused', reason};
    // A proxy that answers "200" with a page of its own has handed over nothing.
    return typeof answer?.sid === 'string' && error === undefined ? {kind: 'accepted'} : toRetry(result, reason);
  }
  // Any other fault of the request is one of the configuration: operators mend it, and the message can still go.
  return typeof error === 'number' && finalErrors.has(error) ? {kind: 'refused', reason} : toRetry(result, reason);
}
