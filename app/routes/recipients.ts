import type {FastifyPluginAsyncTypebox} from '@fastify/type-provider-typebox';
import {Type} from 'typebox';
import type {UseCaseContext} from '../usecases/context.ts';
import {eraseRecipient, unlockRecipient} from '../usecases/manage-recipient.ts';
import {problemsOf, recipientBody} from './schemas.ts';
import {recipientInvalid} from './verification-answer.ts';

const documented = {tags: ['recipients'], security: [{apiKey: []}]};
const problems = problemsOf(
  'invalid_request',
  'unauthenticated',
  'forbidden',
  'payload_too_large',
  'unsupported_media_type',
  'recipient_invalid',
  'outcome_unknown',
  'store_unavailable',
);

/** `/v1/recipients`: for people who help a recipient. Needs the scope `manage`; each action is written to the audit log. */
export const recipientRoutes: FastifyPluginAsyncTypebox<{context: UseCaseContext}> = async (app, {context}) => {
  app.addHook('onRequest', app.authenticate('manage'));

  app.post(
    '/unlock',
    {
      schema: {
        ...documented,
        operationId: 'unlockRecipient',
        summary: 'Forget a recipient’s failures',
        description:
          'Under all policies of the client: its waits and its block end. Codes that were locked stay locked.',
        body: recipientBody,
        response: {204: Type.Null({description: 'The recipient may go on.'}), ...problems},
      },
    },
    async (request, reply) => {
      const result = await unlockRecipient(context, request.client, request.body.to);
      if (result.kind === 'recipient_invalid') throw recipientInvalid();
      request.log.info(
        {reqId: request.id, audit: 'recipient_unlocked', client: request.client.name, apiKey: request.apiKeyId},
        'audit',
      );
      reply.outcome = 'unlocked';
      return reply.code(204).send(null);
    },
  );

  app.post(
    '/erase',
    {
      schema: {
        ...documented,
        operationId: 'eraseRecipient',
        summary: 'Remove what is kept of a recipient',
        description:
          'Its verifications under all policies of the client. Its failures stay, under a pseudonym: an erasure gives no attempts back. What was answered under an `Idempotency-Key`, with the address masked, stays for as long as the key is remembered; and where more than sixteen verifications have ended, the oldest stay until an hour after their expiry.',
        body: recipientBody,
        response: {204: Type.Null({description: 'Its verifications are gone.'}), ...problems},
      },
    },
    async (request, reply) => {
      const result = await eraseRecipient(context, request.client, request.body.to);
      if (result.kind === 'recipient_invalid') throw recipientInvalid();
      request.log.info(
        {
          reqId: request.id,
          audit: 'recipient_erased',
          client: request.client.name,
          apiKey: request.apiKeyId,
          verifications: result.erased,
        },
        'audit',
      );
      reply.outcome = 'erased';
      return reply.code(204).send(null);
    },
  );
};
