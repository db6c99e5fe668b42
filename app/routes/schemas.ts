import {type TSchema, Type} from 'typebox';
import {type Channel, channels} from '../domain/policy.ts';
import {deliveryStatuses} from '../domain/verification.ts';
import {type ErrorCode, errorTable} from '../errors.ts';

/** Shapes that several routes share: what validates a request is what the documentation shows. */

const closed = {additionalProperties: false} as const;
const instant = (description: string) => Type.String({format: 'date-time', description});
const step = (description: string) =>
  Type.Object(
    {allowed: Type.Boolean(), at: Type.Optional(instant('when it will be allowed; absent if waiting does not help'))},
    {description},
  );

const channelSchema = Type.Enum([...channels], {
  description: 'How the code is sent. Default: the first channel of the policy that suits the recipient.',
});

/** An absent body is null. One shape for both, not a choice of two: a fault in a field is then told as that. */
export const resendBody = Type.Unsafe<{channel?: Channel} | null>({
  type: ['object', 'null'],
  properties: {
    channel: Type.Enum([...channels], {
      description: 'How the code is sent now; one of the policy’s. Default: as the last message was.',
    }),
  },
  ...closed,
  title: 'ResendVerification',
});

export const verificationSchema = Type.Object(
  {
    id: Type.String(),
    status: Type.Enum(['pending', 'approved', 'expired', 'locked', 'canceled', 'superseded', 'undeliverable', 'lost']),
    channel: Type.Enum([...channels]),
    to: Type.String({description: 'the recipient, masked'}),
    policy: Type.String(),
    locale: Type.Optional(
      // No union of two: the serializer would validate every answer to tell which of them it is. The list comes first,
      // as it takes any object for a string.
      Type.Unsafe<string | string[]>({
        type: ['array', 'string'],
        items: {type: 'string'},
        description: 'as it was asked for',
      }),
    ),
    reference: Type.Optional(Type.String()),
    createdAt: instant('when it was created'),
    expiresAt: instant('from then on the code is refused'),
    attemptsRemaining: Type.Integer({minimum: 0, description: 'wrong checks that are left'}),
    delivery: Type.Object({
      status: Type.Enum([...deliveryStatuses], {
        description:
          'of the last message. `sent`: a provider has taken it; `delivered`: the provider has told that it arrived; `failed`: nobody took it, or the provider has told that it did not arrive',
      }),
      provider: Type.Optional(Type.String()),
      updatedAt: instant('when the status changed'),
    }),
    next: Type.Object(
      {
        check: step('presenting a code'),
        resend: Type.Object(
          Object.fromEntries(
            channels.map((channel) => [channel, Type.Optional(step(`another message by ${channel}`))]),
          ),
        ),
        create: step('a new verification of the same recipient'),
      },
      {description: 'What the caller may do next, and when.'},
    ),
  },
  {title: 'Verification'},
);

// With `propertyNames`, because the OpenAPI document cannot show `patternProperties`.
const bindingSchema = Type.Unsafe<Record<string, string>>({
  type: 'object',
  propertyNames: {pattern: '^[A-Za-z][A-Za-z0-9_]{0,31}$'},
  additionalProperties: {type: 'string', maxLength: 128},
  minProperties: 1,
  maxProperties: 8,
  description: 'values that the code is bound to, such as amount, currency and payee: a check has to bring the same',
  examples: [{amount: '12.50', currency: 'EUR', payee: 'ACME'}],
});

export const idempotencyHeaders = Type.Object({
  'idempotency-key': Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 255,
      pattern: '^[!-~]+$',
      description:
        'the caller’s own name for this request; a repetition with the same key gets the same answer and changes nothing (24 h)',
    }),
  ),
});

const languageTag = {minLength: 2, maxLength: 35, pattern: '^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$'};

export const createBody = Type.Object(
  {
    to: Type.String({
      minLength: 1,
      maxLength: 320,
      description: 'a phone number with country code (E.164) or a mail address',
      examples: ['+41446681800', 'ada@example.com'],
    }),
    policy: Type.Optional(Type.String({minLength: 1, maxLength: 32, default: 'login'})),
    channel: Type.Optional(channelSchema),
    locale: Type.Optional(
      // One shape for both, not a choice of two: a fault in the tag is then told as that.
      Type.Unsafe<string | string[]>({
        type: ['string', 'array'],
        ...languageTag,
        items: {type: 'string', ...languageTag},
        minItems: 1,
        maxItems: 10,
        description:
          'a language tag (BCP 47), or a list of them in order of preference: the message is in the first language that there is (RFC 4647 lookup), else in that of the policy',
        examples: ['de', ['de-CH', 'en']],
      }),
    ),
    binding: Type.Optional(bindingSchema),
    context: Type.Optional(
      Type.Object(
        {
          ip: Type.Optional(
            Type.String({
              maxLength: 45,
              description: 'address of the person, not of the caller',
              examples: ['203.0.113.7'],
            }),
          ),
          userAgent: Type.Optional(Type.String({maxLength: 512})),
          device: Type.Optional(
            Type.String({
              minLength: 1,
              maxLength: 128,
              description: 'a token that the caller keeps on the person’s device',
            }),
          ),
        },
        {
          ...closed,
          description:
            'where the request comes from: waits after wrong codes apply to one context, so that a stranger does not lock the owner out',
        },
      ),
    ),
    encryptionKey: Type.Optional(
      Type.Object(
        {
          kty: Type.Enum(['OKP', 'EC']),
          crv: Type.Enum(['X25519', 'P-256', 'P-384', 'P-521']),
          x: Type.String({maxLength: 128}),
          y: Type.Optional(Type.String({maxLength: 128})),
          kid: Type.Optional(Type.String({maxLength: 128})),
        },
        {
          ...closed,
          description:
            'a public key (JWK) that the code of `direct` is sealed for, instead of the client’s configured one',
        },
      ),
    ),
    reference: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 64,
        description: 'the caller’s own name for this verification; comes back in every answer',
      }),
    ),
  },
  {...closed, title: 'CreateVerification'},
);

export const checkBody = Type.Object(
  {
    code: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 64,
        description: 'as the person typed it: spaces and dashes do not matter',
        examples: ['123456'],
      }),
    ),
    sealedCode: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 2048,
        description:
          'instead of `code`: `{"id", "code"}` as compact JWE (ECDH-ES, A256GCM) for a key of `/.well-known/jwks.json`',
      }),
    ),
    binding: Type.Optional(bindingSchema),
  },
  {...closed, title: 'CheckVerification', oneOf: [{required: ['code']}, {required: ['sealedCode']}]},
);

export const approvedSchema = Type.Object(
  {
    ...verificationSchema.properties,
    receipt: Type.Optional(
      Type.String({description: 'a JWT (EdDSA) that says that the code was approved; where the policy gives one'}),
    ),
  },
  {title: 'Approved'},
);

export const createdSchema = Type.Object(
  {
    ...verificationSchema.properties,
    code: Type.Optional(Type.String({description: 'only over `direct`, where the policy returns codes'})),
    sealedCode: Type.Optional(
      Type.String({description: 'only over `direct`: `{"id", "code"}` as compact JWE for the client’s encryption key'}),
    ),
  },
  {
    title: 'Created',
    headers: {
      Location: {type: 'string', description: 'address of the verification'},
      RateLimit: {type: 'string', description: 'what is left of the limits that the request was charged to'},
      'RateLimit-Policy': {type: 'string', description: 'these limits'},
    },
  },
);

export const recipientBody = Type.Object(
  {
    to: Type.String({
      minLength: 1,
      maxLength: 320,
      description: 'a phone number with country code (E.164) or a mail address',
    }),
  },
  closed,
);

export const idParams = Type.Object({id: Type.String({maxLength: 128, description: 'of the verification'})});

const retryAfter = {type: 'integer', description: 'seconds to wait; absent where waiting does not help'};

/** The error answers of a route, for the documentation, by status. */
export function problemsOf(...codes: ErrorCode[]): Record<number, TSchema> {
  const byStatus: Record<number, ErrorCode[]> = {};
  for (const code of codes) byStatus[errorTable[code].status] = [...(byStatus[errorTable[code].status] ?? []), code];
  return Object.fromEntries(
    Object.entries(byStatus).map(([status, of]) => [
      status,
      Type.Unsafe({
        description: of.map((code) => `\`${code}\`: ${errorTable[code].title}`).join('\n\n'),
        content: {'application/problem+json': {schema: problemSchema(of)}},
        ...(status === '429' || status === '503' ? {headers: {'Retry-After': retryAfter}} : {}),
      }),
    ]),
  );
}

function problemSchema(codes: readonly ErrorCode[]): TSchema {
  return Type.Object(
    {
      type: Type.String({format: 'uri'}),
      title: Type.String(),
      status: Type.Integer(),
      detail: Type.String(),
      instance: Type.String({format: 'uri', description: 'names this occurrence in the service’s log'}),
      code: Type.Enum([...codes]),
      errors: Type.Optional(Type.Array(Type.Object({pointer: Type.String(), detail: Type.String()}))),
      attemptsRemaining: Type.Optional(Type.Integer()),
      verification: Type.Optional(verificationSchema),
      next: Type.Optional(Type.Object({create: step('a new verification of the same recipient')})),
    },
    {title: 'Problem'},
  );
}
