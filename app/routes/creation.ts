import type {FastifyPluginAsyncTypebox} from '@fastify/type-provider-typebox';
import type {JWK} from 'jose';
import {assertNever} from '../domain/assert-never.ts';
import {type EncryptionKey, readEncryptionKey, sealForClient} from '../domain/end-to-end.ts';
import {Problem} from '../errors.ts';
import {type CreateRequest, type CreateResult, createVerification} from '../usecases/create-verification.ts';
import {rateLimitHeaders} from './rate-limit-headers.ts';
import {createBody, createdSchema, idempotencyHeaders, problemsOf} from './schemas.ts';
import {
  idempotencyConflict,
  rateLimited,
  recipientInvalid,
  recipientLocked,
  sendTooSoon,
  toJson,
} from './verification-answer.ts';
import {common, counterOf, documented, type VerificationRoutesOptions, withBody} from './verification-route.ts';

/** `POST /v1/verifications`. */
export const creationRoute: FastifyPluginAsyncTypebox<VerificationRoutesOptions> = async (app, {context, metrics}) => {
  app.addHook('onRequest', app.authenticate('verify'));
  const count = counterOf(metrics);

  app.post(
    '',
    {
      schema: {
        ...documented,
        operationId: 'createVerification',
        summary: 'Send a code to a recipient',
        body: createBody,
        headers: idempotencyHeaders,
        response: {
          201: createdSchema,
          ...problemsOf(
            ...common,
            ...withBody,
            'policy_not_found',
            'recipient_invalid',
            'channel_not_allowed',
            'recipient_locked',
            'rate_limited',
            'resend_too_soon',
            'idempotency_conflict',
          ),
        },
      },
    },
    async (request, reply) => {
      const {policy = 'login', encryptionKey, locale, ...rest} = request.body;
      const sealingKey =
        encryptionKey === undefined ? request.client.encryptionKey : readEncryptionKey(encryptionKey as JWK);
      if (encryptionKey !== undefined && sealingKey === undefined) throw encryptionKeyInvalid();
      const result = await createVerification(
        context,
        request.client,
        {
          policy,
          sealed: sealingKey !== undefined,
          ...(locale === undefined ? {} : {locale: [locale].flat().join(',')}),
          ...rest,
        } as CreateRequest,
        request.headers['idempotency-key'],
      );
      switch (result.kind) {
        case 'created':
          count(result.view, 'created');
          rateLimitHeaders(reply, result.limits, result.view.snapshot.at);
          reply.outcome = 'created';
          return reply
            .code(201)
            .header('location', `/v1/verifications/${result.view.id}`)
            .send({...toJson(result.view), ...(await codeJson(result, sealingKey))});
        case 'rate_limited':
          metrics.rateLimited.inc({limit: result.limit.name});
          rateLimitHeaders(reply, [result.limit], result.at);
          throw rateLimited(result);
        case 'idempotency_conflict':
          throw idempotencyConflict();
        case 'encryption_key_missing':
          throw new Problem({
            code: 'invalid_request',
            detail: `The policy "${policy}" returns no codes in the clear: give an encryptionKey.`,
            errors: [{pointer: '/encryptionKey', detail: 'is missing'}],
          });
        case 'binding_missing':
          throw new Problem({
            code: 'invalid_request',
            detail: `The policy "${policy}" binds every code to ${result.names.join(', ')}: give them in binding.`,
            errors: result.names.map((name) => ({pointer: `/binding/${name}`, detail: 'is missing'})),
          });
        case 'ip_invalid':
          throw new Problem({
            code: 'invalid_request',
            detail: '/context/ip is no IPv4 or IPv6 address',
            errors: [{pointer: '/context/ip', detail: 'is no IPv4 or IPv6 address'}],
          });
        case 'policy_not_found':
          throw new Problem({
            code: 'policy_not_found',
            detail: `The client has no policy "${policy}"; it has ${[...request.client.policies.keys()].join(', ')}.`,
          });
        case 'recipient_invalid':
          throw recipientInvalid();
        case 'channel_not_allowed':
          throw new Problem({
            code: 'channel_not_allowed',
            detail: `For this recipient the policy "${policy}" sends over ${result.allowed.join(', ') || 'no channel'}.`,
            errors: [{pointer: '/channel', detail: 'is not allowed'}],
          });
        case 'recipient_locked':
          throw recipientLocked(result);
        case 'send_too_soon':
          throw sendTooSoon(result);
        default:
          return assertNever(result);
      }
    },
  );
};

/** The code of a creation whose caller delivers it: sealed if there is a key, in the clear if the policy returns codes. */
async function codeJson(result: Extract<CreateResult, {kind: 'created'}>, key: EncryptionKey | undefined) {
  const {view, code} = result;
  if (code === undefined) return {};
  if (key !== undefined) return {sealedCode: await sealForClient(key, view.id, code)};
  return view.policy.returnCode ? {code} : {};
}

function encryptionKeyInvalid(): Problem {
  return new Problem({
    code: 'invalid_request',
    detail: '/encryptionKey is no public key of X25519, P-256, P-384 or P-521.',
    errors: [{pointer: '/encryptionKey', detail: 'is no key that a code can be sealed for'}],
  });
}
