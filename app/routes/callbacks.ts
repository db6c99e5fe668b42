import type {FastifyPluginAsyncTypebox} from '@fastify/type-provider-typebox';
import {Type} from 'typebox';
import type {CallbackReader} from '../delivery/callbacks/callback.ts';
import {assertNever} from '../domain/assert-never.ts';
import {Problem} from '../errors.ts';
import {type ReportContext, reportDelivery} from '../usecases/report-delivery.ts';
import {problemsOf} from './schemas.ts';

export interface CallbackRoutesOptions {
  readonly context: ReportContext;
  /** The address under which providers know this service (`PUBLIC_URL`). */
  readonly publicUrl: string;
  /** By the name of the provider. */
  readonly readers: ReadonlyMap<string, CallbackReader>;
  readonly now: () => number;
}

const earlyRetrySeconds = 1;

/** `/v1/callbacks`: what providers tell of messages that they have taken. Their signature is all that lets them in. */
export const callbackRoutes: FastifyPluginAsyncTypebox<CallbackRoutesOptions> = async (
  app,
  {context, publicUrl, readers, now},
) => {
  // The body as it was signed, whatever it calls itself.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser<string>('*', {parseAs: 'string'}, (_request, body, done) => done(null, body));

  app.post(
    '/:provider/:message',
    {
      schema: {
        tags: ['callbacks'],
        operationId: 'reportDelivery',
        summary: 'Tell what became of a message',
        description:
          'For providers, at the address that they were given with the message. Signed as the provider does it: `X-Twilio-Signature`, or Standard Webhooks.',
        params: Type.Object({
          provider: Type.String({maxLength: 32}),
          message: Type.String({maxLength: 128, description: 'id of the verification, a dot, and its resends'}),
        }),
        response: {
          204: Type.Null({description: 'It was noted, or there is nothing to note.'}),
          ...problemsOf(
            'unauthenticated',
            'verification_not_found',
            'payload_too_large',
            'outcome_unknown',
            'store_unavailable',
          ),
        },
      },
    },
    async (request, reply) => {
      const {provider, message} = request.params;
      const content = readers.get(provider)?.({
        url: `${publicUrl.replace(/\/$/, '')}${request.url}`,
        headers: request.headers,
        body: typeof request.body === 'string' ? request.body : '',
        now: now(),
      });
      if (content === undefined || content.kind === 'unsigned')
        throw new Problem({code: 'unauthenticated', detail: 'The signature is missing or not valid.'});
      if (content.kind === 'nothing') {
        reply.outcome = 'ignored';
        return reply.code(204).send(null);
      }
      const result = await reportDelivery(context, message, {provider, status: content.status});
      switch (result) {
        case 'noted':
        case 'ignored':
          reply.outcome = result;
          return reply.code(204).send(null);
        case 'not_found':
          throw new Problem({code: 'verification_not_found', detail: 'There is no such message.'});
        case 'early':
        case 'key_unknown':
          throw new Problem({
            code: 'store_unavailable',
            detail: 'The message cannot be noted right now. Nothing was changed; report it again.',
            retryAfterSeconds: earlyRetrySeconds,
            outcome: `callback_${result}`,
          });
        default:
          return assertNever(result);
      }
    },
  );
};
