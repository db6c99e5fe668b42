import {type Static, Type} from 'typebox';

const closed = {additionalProperties: false} as const;

/** Where a value is read from: the configuration file itself holds no secret. */
export const reference = Type.Union(
  [
    Type.Object({file: Type.String({minLength: 1})}, closed),
    Type.Object({env: Type.String({pattern: '^[A-Z][A-Z0-9_]*$'})}, closed),
  ],
  {
    description: '{file: PATH} or {env: NAME}',
  },
);

export const secret = Type.Union([reference, Type.String({minLength: 1})], {
  description: '{file: PATH}, {env: NAME}, or, outside production, the secret itself',
});

export type Reference = Static<typeof reference>;
export type Secret = Static<typeof secret>;
