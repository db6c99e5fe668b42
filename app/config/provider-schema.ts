import {type Static, Type} from 'typebox';
import {allowAddresses, caFile, maxConnections, text, timeoutMs, url, webhookSecrets} from './connection-schema.ts';
import {reference, secret} from './reference-schema.ts';

/** The shapes of `providers.NAME`, one a kind. */

const closed = {additionalProperties: false} as const;

const smtp = Type.Object(
  {
    kind: Type.Literal('smtp', {description: 'a mail server'}),
    host: text('its name, which its certificate has to show'),
    port: Type.Integer({minimum: 1, maximum: 65_535, description: '587 for `starttls`, 465 for `implicit`, as a rule'}),
    tls: Type.Enum(['starttls', 'implicit', 'none'], {
      description: '`starttls` sends nothing to a server that does not offer it; `none` is refused in production',
    }),
    username: Type.Optional(text('comes with `password`, or not at all')),
    password: Type.Optional(secret),
    caFile,
    from: Type.String({pattern: '^[^\\r\\n]*@[^\\r\\n]*$', description: '"Name <address>" or an address, on one line'}),
    dkim: Type.Optional(
      Type.Object(
        {
          domain: text('the signing domain, `d=`'),
          selector: text('where its public key is in DNS, `s=`'),
          privateKey: secret,
        },
        {...closed, description: 'signs mail (RFC 6376), where the server does not; `privateKey` is PEM'},
      ),
    ),
    maxConnections: maxConnections(5),
    timeoutMs,
  },
  closed,
);

const phoneNumber = Type.String({pattern: '^\\+[1-9]\\d{6,14}$', description: 'a phone number, such as +15005550006'});

const twilio = Type.Object(
  {
    kind: Type.Literal('twilio', {description: 'text messages, calls and WhatsApp messages through Twilio'}),
    accountSid: Type.String({pattern: '^AC[0-9a-fA-F]{32}$', description: '`AC` and 32 hex digits'}),
    authToken: secret,
    sms: Type.Optional(
      Type.Object(
        {
          from: Type.Optional(Type.String({minLength: 1, description: 'a number, a short code or a sender’s name'})),
          messagingServiceSid: Type.Optional(
            Type.String({pattern: '^MG[0-9a-fA-F]{32}$', description: '`MG` and 32 hex digits, instead of `from`'}),
          ),
        },
        {...closed, description: 'needed for the channel sms'},
      ),
    ),
    voice: Type.Optional(Type.Object({from: phoneNumber}, {...closed, description: 'needed for the channel voice'})),
    whatsapp: Type.Optional(
      Type.Object(
        {
          from: phoneNumber,
          contentSid: Type.Optional(
            Type.String({
              pattern: '^HX[0-9a-fA-F]{32}$',
              description: 'an approved authentication template whose variable 1 is the code',
            }),
          ),
        },
        {...closed, description: 'needed for the channel whatsapp'},
      ),
    ),
    baseUrl: Type.Optional(url('another region’s address. Default: `https://api.twilio.com`')),
    caFile,
    allowAddresses,
    timeoutMs,
  },
  closed,
);

const answerRule = (description: string, status?: number[]) =>
  Type.Object(
    {
      status: Type.Optional(
        Type.Array(Type.Integer({minimum: 200, maximum: 599}), {
          ...(status === undefined ? {} : {default: status}),
          description: 'the status is one of these',
        }),
      ),
      pointer: Type.Optional(
        Type.String({pattern: '^(/[^/]*)+$', description: 'a place in the JSON body (RFC 6901), such as /status'}),
      ),
      equals: Type.Optional(
        Type.Array(Type.Union([Type.String(), Type.Number(), Type.Boolean(), Type.Null()]), {
          minItems: 1,
          description: 'what may be at `pointer`. Default: anything that is there',
        }),
      ),
    },
    {...closed, default: {}, description},
  );

const http = Type.Object(
  {
    kind: Type.Literal('http', {
      description:
        'any gateway that takes messages over HTTP. `{to}`, `{text}`, `{subject}`, `{code}`, `{channel}`, `{locale}`, `{messageId}`, `{verificationId}` and `{callbackUrl}` stand for the parts of a message',
    }),
    url: url('where messages go; parts of a message may stand in its path and query, and nowhere else'),
    method: Type.Enum(['POST', 'PUT'], {default: 'POST', description: 'the method'}),
    headers: Type.Record(Type.String({pattern: '^[A-Za-z0-9-]{1,64}$'}), Type.Union([reference, Type.String()]), {
      ...closed,
      default: {},
      description:
        'by name; `{channel}`, `{messageId}` and `{verificationId}` may stand in them. What authorises comes as {file: PATH} or {env: NAME} in production',
    }),
    json: Type.Optional(
      Type.Unknown({description: 'the body as JSON: any value; its texts may hold parts of a message'}),
    ),
    form: Type.Optional(
      Type.Record(Type.String({minLength: 1}), Type.String(), {description: 'the body as a form, instead of `json`'}),
    ),
    text: Type.Optional(Type.String({minLength: 1, description: 'the body as plain text, instead of `json`'})),
    success: answerRule('the answers that say that the message was taken on', [200, 201, 202, 204]),
    refused: answerRule(
      'the answers that say that it never will be; after any other it is tried again',
      [400, 410, 422],
    ),
    callback: Type.Optional(
      Type.Object(
        {
          secrets: webhookSecrets('what its reports are signed with'),
          pointer: Type.String({
            pattern: '^(/[^/]*)+$',
            default: '/status',
            description: 'where the JSON body says what became of the message (RFC 6901)',
          }),
          delivered: Type.Array(Type.String(), {
            default: ['delivered'],
            description: 'what is there when it has arrived',
          }),
          failed: Type.Array(Type.String(), {
            default: ['failed', 'undelivered'],
            description: 'what is there when it never will',
          }),
        },
        {
          ...closed,
          description:
            'the gateway reports what became of a message to `{callbackUrl}`, signed after Standard Webhooks. Needs `PUBLIC_URL`',
        },
      ),
    ),
    caFile,
    allowAddresses,
    maxConnections: maxConnections(32),
    timeoutMs,
  },
  closed,
);

const webhook = Type.Object(
  {
    kind: Type.Literal('webhook', {
      description:
        'a server of the operator’s that delivers messages itself; requests are signed after Standard Webhooks',
    }),
    url: url('where messages go'),
    secrets: webhookSecrets('what requests are signed with'),
    caFile,
    allowAddresses,
    timeoutMs,
  },
  closed,
);

const inbox = Type.Object(
  {
    kind: Type.Literal('inbox', {
      description: 'shows messages at `/dev/inbox` and delivers to nobody; refused in production',
    }),
  },
  closed,
);

export type SmtpSettings = Static<typeof smtp>;
export type TwilioSettings = Static<typeof twilio>;
export type HttpSettings = Static<typeof http>;
export type WebhookSettings = Static<typeof webhook>;

export const providerSchema = Type.Unsafe<
  SmtpSettings | TwilioSettings | HttpSettings | WebhookSettings | Static<typeof inbox>
>({
  type: 'object',
  discriminator: {propertyName: 'kind'},
  required: ['kind'],
  oneOf: [smtp, twilio, http, webhook, inbox],
});
