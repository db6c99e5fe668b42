import {type Static, type TSchema, Type} from 'typebox';
import {type VerificationEvent, verificationEvents} from '../delivery/announcements.ts';
import {type Scope, scopes} from '../domain/client.ts';
import {type AlphabetName, alphabets} from '../domain/code.ts';
import {type Channel, channels} from '../domain/policy.ts';
import {allowAddresses, caFile, timeoutMs, url, webhookSecrets} from './connection-schema.ts';
import {providerSchema} from './provider-schema.ts';
import {reference} from './reference-schema.ts';
import {ownTexts, policyTexts} from './template-schema.ts';

/** The shape of the configuration file (`OTP_CONFIG`): policies, clients, providers, channels. */

const closed = {additionalProperties: false} as const;
const namePattern = '^[a-z][a-z0-9-]{0,31}$';
const name = Type.String({pattern: namePattern, description: 'a name: 1 to 32 lower-case letters, digits and dashes'});
/** A map from names to values; other keys are refused. */
const named = <T extends TSchema>(value: T, description: string) =>
  Type.Record(Type.String({pattern: namePattern}), value, {...closed, minProperties: 1, description});
const limit = Type.Object(
  {
    count: Type.Integer({minimum: 1, maximum: 1_000_000, description: 'requests at once'}),
    perSeconds: Type.Integer({minimum: 1, maximum: 86_400, description: 'in which as many come back, evenly'}),
  },
  {...closed, description: 'a rate limit; without it there is none'},
);

const policy = Type.Object(
  {
    codeLength: Type.Integer({minimum: 4, maximum: 12, default: 6, description: 'symbols of a code'}),
    alphabet: Type.Enum(Object.keys(alphabets) as AlphabetName[], {
      default: 'digits',
      description: 'the symbols of a code; `alphanumeric` leaves out the look-alikes 0 O 1 I L',
    }),
    lifetimeSeconds: Type.Integer({
      minimum: 10,
      maximum: 86_400,
      default: 300,
      description: 'how long a code is valid, from its creation or its resend on',
    }),
    maxAttempts: Type.Integer({minimum: 1, maximum: 10, default: 5, description: 'wrong checks that lock a code'}),
    blockAfter: Type.Integer({
      minimum: 1,
      maximum: 100,
      default: 100,
      description: 'consecutive failures of a recipient that only an unlock ends',
    }),
    maxPending: Type.Integer({
      minimum: 1,
      maximum: 5,
      default: 2,
      description: 'codes of one recipient that are live side by side',
    }),
    resendIntervalSeconds: Type.Integer({
      minimum: 0,
      maximum: 3600,
      default: 30,
      description: 'shortest time between two messages to one recipient',
    }),
    maxResends: Type.Integer({minimum: 0, maximum: 10, default: 3, description: 'resends of one verification'}),
    channels: Type.Array(Type.Enum(channels as unknown as Channel[]), {
      minItems: 1,
      uniqueItems: true,
      description: 'in order of preference',
    }),
    resend: Type.Enum(['new', 'same'], {
      default: 'new',
      description: 'whether a resend sends a new code or the same again, which is then kept, sealed',
    }),
    limits: Type.Object(
      {policy: Type.Optional(limit), recipient: Type.Optional(limit)},
      {
        ...closed,
        default: {recipient: {count: 10, perSeconds: 3600}},
        description:
          'rate limits of creations: under the policy, and for one recipient (aliases of a mailbox count as one)',
      },
    ),
    returnCode: Type.Boolean({
      default: false,
      description: 'codes of the channel `direct` leave in the clear; otherwise only sealed for the client',
    }),
    receiptSeconds: Type.Optional(
      Type.Integer({
        minimum: 10,
        maximum: 3600,
        description: 'an approval returns a receipt (JWT) that is valid for so long',
      }),
    ),
    survivesFailover: Type.Boolean({
      default: false,
      description:
        'keeps codes good when another server of Redis has taken over that may lack what was done last: a code that was accepted in the last second before may then be accepted again. Otherwise such codes are lost, and the caller creates a new one',
    }),
    ...policyTexts,
    belowNist: Type.Boolean({default: false, description: 'accepts fewer than six digits or more than ten minutes'}),
  },
  closed,
);

export const sha256Pattern = '^[0-9a-f]{64}$';

const apiKey = Type.Object(
  {
    id: Type.String({
      pattern: '^[A-Za-z0-9._-]{1,64}$',
      description: 'names the key in the log: 1 to 64 letters, digits, dots, dashes and underscores',
    }),
    sha256: Type.Union([Type.String({pattern: sha256Pattern}), reference], {
      description: 'the SHA-256 of the whole key as 64 hex digits, {file: PATH} or {env: NAME}',
    }),
    scopes: Type.Array(Type.Enum(scopes as unknown as Scope[]), {
      minItems: 1,
      uniqueItems: true,
      default: ['verify'],
      description: '`verify`: everything about verifications and policies; `manage`: unlocking and erasing recipients',
    }),
    notAfter: Type.Optional(Type.String({format: 'date-time', description: 'the key is refused from then on'})),
  },
  closed,
);

const client = Type.Object(
  {
    policies: Type.Optional(
      Type.Array(name, {minItems: 1, uniqueItems: true, description: 'what the client may use; without it, all'}),
    ),
    limits: Type.Object(
      {client: Type.Optional(limit), ip: Type.Optional(limit), country: Type.Optional(limit)},
      {
        ...closed,
        default: {},
        description:
          'rate limits of creations: of the client, for one IP address or IPv6 /64 (context.ip), and for the phone numbers of one country',
      },
    ),
    encryptionKey: Type.Optional(
      Type.Object(
        {
          kty: Type.Enum(['OKP', 'EC'], {description: '`OKP` for X25519, `EC` for the others'}),
          crv: Type.Enum(['X25519', 'P-256', 'P-384', 'P-521'], {description: 'the curve'}),
          x: Type.String({description: 'base64url'}),
          y: Type.Optional(Type.String({description: 'base64url; with `EC`'})),
          kid: Type.Optional(Type.String({description: 'names the key in what is sealed for it'})),
        },
        {...closed, description: 'a public key (JWK) that the codes of `direct` are sealed for'},
      ),
    ),
    events: Type.Optional(
      Type.Object(
        {
          url: url('where events are posted, signed after Standard Webhooks'),
          secrets: webhookSecrets('what events are signed with'),
          types: Type.Array(Type.Enum(verificationEvents as unknown as VerificationEvent[]), {
            minItems: 1,
            uniqueItems: true,
            default: [...verificationEvents],
            description: 'the ends of verifications that the client hears of',
          }),
          caFile,
          allowAddresses,
          timeoutMs,
        },
        {...closed, description: 'tells the client of the ends of its verifications, at least once each'},
      ),
    ),
    apiKeys: Type.Array(apiKey, {minItems: 1, maxItems: 2, description: 'two while one replaces the other'}),
  },
  closed,
);

const providerNames = Type.Array(name, {
  minItems: 1,
  uniqueItems: true,
  description: 'providers in order of preference',
});

export const fileSchema = Type.Object(
  {
    policies: named(policy, 'The rules of a code, one set a purpose.'),
    clients: named(client, 'A calling application.'),
    sandbox: Type.Optional(
      Type.Object(
        {
          clients: Type.Array(name, {minItems: 1, uniqueItems: true, description: 'who may use them; nobody else can'}),
          addresses: Type.Record(Type.String(), Type.String({minLength: 4, maxLength: 12}), {
            default: {},
            description:
              'further phone numbers and mail addresses, each with its code. Whoever knows it can pass for that address with these clients: never name one that a person uses there',
          }),
          limit: Type.Object(
            {count: limit.properties.count, perSeconds: limit.properties.perSeconds},
            {
              ...closed,
              default: {count: 100_000, perSeconds: 3600},
              description:
                'creations for all sandbox recipients of one client; the limits of real traffic do not count them',
            },
          ),
        },
        {
          ...closed,
          description:
            'Recipients that there are not, for the tests of callers: `+999` and 4 to 12 more digits, addresses at `sandbox.invalid`, and those that are named here. Their messages go to nobody. The code of the reserved ones is `123456…`, as long as the policy says.',
        },
      ),
    ),
    providers: named(providerSchema, 'What carries messages.'),
    channels: Type.Object(
      {
        sms: Type.Optional(providerNames),
        email: Type.Optional(providerNames),
        voice: Type.Optional(providerNames),
        whatsapp: Type.Optional(providerNames),
        webhook: Type.Optional(providerNames),
      },
      {...closed, description: 'Which providers carry the messages of a channel.'},
    ),
    templates: Type.Optional(
      named(ownTexts, 'Own words for the messages of a policy, instead of those that the service brings along.'),
    ),
  },
  closed,
);

export type ConfigurationFile = Static<typeof fileSchema>;
