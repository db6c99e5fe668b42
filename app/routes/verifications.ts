import type {FastifyPluginAsyncTypebox} from '@fastify/type-provider-typebox';
import {type Static, Type} from 'typebox';
import {attemptsRemaining} from '../domain/verification.ts';
import {Problem} from '../errors.ts';
import {cancelVerification} from '../usecases/cancel-verification.ts';
import {type CheckRequest, checkVerification} from '../usecases/check-verification.ts';
import type {VerificationView} from '../usecases/context.ts';
import {readVerification} from '../usecases/read-verification.ts';
import {resendVerification} from '../usecases/resend-verification.ts';
import {
  approvedSchema,
  checkBody,
  idempotencyHeaders,
  idParams,
  problemsOf,
  resendBody,
  verificationSchema,
} from './schemas.ts';
import {
  finalProblem,
  idempotencyConflict,
  missingProblem,
  recipientLocked,
  secondsUntil,
  sendTooSoon,
  toJson,
} from './verification-answer.ts';
import {common, counterOf, documented, type VerificationRoutesOptions, withBody} from './verification-route.ts';

const onOne = ['verification_not_found', 'policy_not_found', 'verification_expired', 'verification_lost'] as const;
const onFinal = [
  'verification_already_approved',
  'verification_canceled',
  'verification_locked',
  'verification_superseded',
  'verification_undeliverable',
] as const;

/** `/v1/verifications/{id}`: check, resend, read, cancel. */
export const verificationRoutes: FastifyPluginAsyncTypebox<VerificationRoutesOptions> = async (
  app,
  {context, metrics},
) => {
  app.addHook('onRequest', app.authenticate('verify'));
  const count = counterOf(metrics);
  /** After a failure the recipient is locked only by this one: while it is, no check is looked at. */
  const countLockout = ({policy, snapshot: {budget}}: VerificationView) => {
    if (budget.lockedUntil !== 0) metrics.lockouts.inc({policy: policy.name});
  };

  app.post(
    '/:id/check',
    {
      schema: {
        ...documented,
        operationId: 'checkVerification',
        summary: 'Present the code that a person typed',
        params: idParams,
        body: checkBody,
        headers: idempotencyHeaders,
        response: {
          200: approvedSchema,
          ...problemsOf(
            ...common,
            ...withBody,
            ...onOne,
            ...onFinal,
            'code_incorrect',
            'binding_mismatch',
            'check_too_soon',
            'idempotency_conflict',
          ),
        },
      },
    },
    async (request, reply) => {
      const result = await checkVerification(
        context,
        request.client,
        request.params.id,
        toCheckRequest(request.body),
        request.headers['idempotency-key'],
      );
      switch (result.kind) {
        case 'approved':
          count(result.view, 'approved');
          reply.outcome = 'approved';
          return {...toJson(result.view), ...(result.receipt === undefined ? {} : {receipt: result.receipt})};
        case 'sealed_code_invalid':
          throw new Problem({
            code: 'invalid_request',
            detail:
              '/sealedCode is not sealed for a key of this service, or not for this verification. It was not looked at, and nothing was counted.',
            errors: [{pointer: '/sealedCode', detail: 'cannot be opened'}],
          });
        case 'incorrect': {
          const {status} = result.view.snapshot;
          count(result.view, status === 'locked' ? 'locked' : 'incorrect');
          countLockout(result.view);
          const remaining = attemptsRemaining(result.view.snapshot);
          throw new Problem({
            code: 'code_incorrect',
            detail:
              remaining === 0
                ? 'The code is not right, and no attempt remains.'
                : `The code is not right. Attempts that remain: ${remaining}.`,
            extensions: {attemptsRemaining: remaining, verification: toJson(result.view)},
          });
        }
        case 'binding_mismatch':
          count(result.view, 'binding_mismatch');
          countLockout(result.view);
          throw new Problem({
            code: 'binding_mismatch',
            detail: 'The code is bound to other values. It was not looked at, and the attempt counts.',
            extensions: {
              attemptsRemaining: attemptsRemaining(result.view.snapshot),
              verification: toJson(result.view),
            },
          });
        case 'idempotency_conflict':
          throw idempotencyConflict();
        case 'too_soon':
          throw new Problem({
            code: 'check_too_soon',
            detail:
              'After several wrong codes the recipient has to wait. This check was not looked at and does not count.',
            retryAfterSeconds: secondsUntil(result.until, result.view.snapshot.at),
            extensions: {verification: toJson(result.view)},
          });
        case 'final':
          throw finalProblem(result.view);
        default:
          throw missingProblem(result);
      }
    },
  );

  app.post(
    '/:id/resend',
    {
      schema: {
        ...documented,
        operationId: 'resendVerification',
        summary: 'Send a new code to the same recipient',
        description:
          'The new code replaces the old one. Attempts that were used stay used. `channel` chooses another one of the policy; without it the message goes the way of the last one.',
        params: idParams,
        headers: idempotencyHeaders,
        body: Type.Optional(resendBody),
        response: {
          200: verificationSchema,
          ...problemsOf(
            ...common,
            ...withBody,
            ...onOne,
            ...onFinal,
            'channel_not_allowed',
            'resend_too_soon',
            'idempotency_conflict',
            'resend_limit_reached',
            'recipient_locked',
          ),
        },
      },
    },
    async (request, reply) => {
      const result = await resendVerification(
        context,
        request.client,
        request.params.id,
        request.body ?? {},
        request.headers['idempotency-key'],
      );
      switch (result.kind) {
        case 'resent':
          count(result.view, 'resent');
          reply.outcome = 'resent';
          return toJson(result.view);
        case 'idempotency_conflict':
          throw idempotencyConflict();
        case 'not_delivered':
          throw new Problem({
            code: 'channel_not_allowed',
            detail: 'The service sends nothing over the channel direct: the caller has the code and delivers it.',
            extensions: {verification: toJson(result.view)},
          });
        case 'channel_not_allowed':
          throw new Problem({
            code: 'channel_not_allowed',
            detail: `To this recipient the policy "${result.view.policy.name}" sends again over ${result.allowed.join(', ') || 'no channel'}.`,
            errors: [{pointer: '/channel', detail: 'is not allowed'}],
            extensions: {verification: toJson(result.view)},
          });
        case 'limit_reached':
          throw new Problem({
            code: 'resend_limit_reached',
            detail: `The policy allows ${result.view.policy.maxResends} resends. Create a new verification.`,
            extensions: {verification: toJson(result.view)},
          });
        case 'recipient_locked':
        case 'send_too_soon': {
          const refusal = {
            at: result.view.snapshot.at,
            verification: toJson(result.view),
            ...(result.until === undefined ? {} : {until: result.until}),
          };
          throw result.kind === 'recipient_locked' ? recipientLocked(refusal) : sendTooSoon(refusal);
        }
        case 'final':
          throw finalProblem(result.view);
        default:
          throw missingProblem(result);
      }
    },
  );

  app.get(
    '/:id',
    {
      schema: {
        ...documented,
        operationId: 'readVerification',
        summary: 'Read a verification',
        description:
          'A verification that is over stays readable for an hour, so that a late caller learns what happened.',
        params: idParams,
        response: {200: verificationSchema, ...problemsOf(...common, ...onOne)},
      },
    },
    async (request) => {
      const result = await readVerification(context, request.client, request.params.id);
      if (result.kind !== 'found') throw missingProblem(result);
      return toJson(result.view);
    },
  );

  app.delete(
    '/:id',
    {
      schema: {
        ...documented,
        operationId: 'cancelVerification',
        summary: 'Cancel a verification',
        description: 'Its code is accepted no more. Again: the same answer.',
        params: idParams,
        response: {
          204: Type.Null({description: 'The verification is canceled.'}),
          ...problemsOf(...common, ...onOne, ...onFinal),
        },
      },
    },
    async (request, reply) => {
      const result = await cancelVerification(context, request.client, request.params.id);
      switch (result.kind) {
        case 'canceled':
          count(result.view, 'canceled');
          reply.outcome = 'canceled';
          return reply.code(204).send(null);
        case 'final':
          throw finalProblem(result.view);
        default:
          throw missingProblem(result);
      }
    },
  );
};

function toCheckRequest({code, sealedCode, binding}: Static<typeof checkBody>): CheckRequest {
  return {
    code: sealedCode === undefined ? {typed: code ?? ''} : {sealed: sealedCode},
    ...(binding === undefined ? {} : {binding}),
  };
}
