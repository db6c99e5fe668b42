import type {FastifyPluginAsyncTypebox} from '@fastify/type-provider-typebox';
import {Type} from 'typebox';
import type {Keyring} from '../domain/keyring.ts';

const maxAgeSeconds = 300;

/** `/.well-known/jwks.json`: the keys that receipts verify with (`use: sig`), and that checks may be sealed for (`use: enc`). */
export const jwksRoutes: FastifyPluginAsyncTypebox<{keyring: Keyring}> = async (app, {keyring}) => {
  app.get(
    '/.well-known/jwks.json',
    {
      config: {quiet: true},
      schema: {
        tags: ['keys'],
        security: [],
        operationId: 'readKeys',
        summary: 'The service’s public keys',
        description:
          'Receipts are verified with `use: sig`; the code of a check may be sealed for the first of `use: enc`.',
        response: {
          200: Type.Object({
            keys: Type.Array(
              Type.Object({
                kty: Type.String(),
                crv: Type.String(),
                x: Type.String(),
                kid: Type.String(),
                use: Type.String(),
                alg: Type.String(),
              }),
            ),
          }),
        },
      },
    },
    async (_request, reply) => {
      const keys = keyring.all.flatMap(({receipt, exchange}) => [receipt.publicJwk, exchange.publicJwk]);
      return reply.header('cache-control', `public, max-age=${maxAgeSeconds}`).send({keys: keys as never});
    },
  );
};
