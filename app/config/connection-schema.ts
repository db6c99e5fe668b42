import {Type} from 'typebox';
import {secret} from './reference-schema.ts';

/** What several parts of the file say about a server that the service asks. */

export const text = (description: string) => Type.String({minLength: 1, description});

export const caFile = Type.Optional(
  Type.String({
    minLength: 1,
    description: 'PEM file of the authority that signs its certificate, where it is not one of the system’s',
  }),
);
export const timeoutMs = Type.Integer({
  minimum: 100,
  maximum: 60_000,
  default: 10_000,
  description: 'how long the far side may take for one message, in milliseconds',
});
export const maxConnections = (limit: number) =>
  Type.Integer({
    minimum: 1,
    maximum: 1000,
    default: limit,
    description: 'messages that a process hands over at the same time',
  });
export const allowAddresses = Type.Array(
  Type.String({description: 'an address or ADDRESS/BITS, such as 10.1.2.0/24'}),
  {
    default: [],
    description:
      'addresses that are not public and may be connected to all the same; without an entry private, loopback, link-local, mapped, NAT64 and metadata addresses are refused',
  },
);
export const url = (description: string) => Type.String({pattern: '^https?://[^\\s]+$', description});
/** Signs and verifies after Standard Webhooks. */
export const webhookSecrets = (description: string) =>
  Type.Array(secret, {
    minItems: 1,
    maxItems: 2,
    description: `${description}: \`whsec_\` and base64 of 24 to 64 bytes; two while one replaces the other`,
  });
