import type {FastifyError, FastifyReply, FastifyRequest} from 'fastify';
import fp from 'fastify-plugin';
import {errorTable, type FieldError, Problem} from '../errors.ts';
import {StoreError} from '../store/store.ts';

const storeRetryAfterSeconds = 1;

/** Answers every error as `application/problem+json` (RFC 9457), and tells the log what the caller may not know. */
export const problemPlugin = fp(async (app) => {
  app.setErrorHandler((error: FastifyError, request, reply) => sendProblem(toProblem(error), error, request, reply));
  app.setNotFoundHandler((request, reply) => {
    const problem = new Problem({
      code: 'route_not_found',
      detail: `There is nothing at ${request.method} ${request.url.split('?')[0]}.`,
    });
    return sendProblem(problem, problem, request, reply);
  });
});

/** For errors that come before any route, such as an address that cannot be decoded. */
export function answerFrameworkError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  sendProblem(toProblem(error), error, request, reply);
}

function sendProblem(problem: Problem, cause: Error, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const {code, detail, errors, retryAfterSeconds, extensions, operatorDetail} = problem.options;
  const {status, title} = errorTable[code];
  if (status === 500) request.log.error({err: cause, code}, 'request failed');
  else if (operatorDetail !== undefined) request.log.info({code, operatorDetail}, 'request refused');
  if (retryAfterSeconds !== undefined) reply.header('retry-after', String(retryAfterSeconds));
  if (status === 401) reply.header('www-authenticate', 'Bearer');
  reply.outcome = code;
  return reply
    .code(status)
    .type('application/problem+json')
    .send({
      type: `urn:otp-service:error:${code}`,
      title,
      status,
      detail,
      instance: `urn:uuid:${request.id}`,
      code,
      ...(errors === undefined ? {} : {errors}),
      ...extensions,
    });
}

function toProblem(error: FastifyError | Problem | StoreError): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof StoreError) return storeProblem(error);
  if (error.validation !== undefined)
    return validationProblem(error.validation, error.validationContext === 'body' ? '' : `/${error.validationContext}`);
  if (error.statusCode === 413) return new Problem({code: 'payload_too_large', detail: 'A body may have 16 KiB.'});
  if (error.statusCode === 415)
    return new Problem({
      code: 'unsupported_media_type',
      detail: 'Send the body as JSON, with "Content-Type: application/json".',
    });
  if (error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500)
    return new Problem({code: 'invalid_request', detail: error.message});
  return new Problem({
    code: 'internal_error',
    detail: 'The service failed to answer this request. Its log knows more under the id in "instance".',
  });
}

function storeProblem({effect, message}: StoreError): Problem {
  const known = {retryAfterSeconds: storeRetryAfterSeconds, operatorDetail: message};
  return effect === 'not_executed'
    ? new Problem({
        code: 'store_unavailable',
        detail: 'The store is out of reach. Nothing was changed; try again.',
        ...known,
      })
    : new Problem({
        code: 'outcome_unknown',
        detail:
          'The store did not answer in time. The request may have taken effect; read the verification before you try again.',
        ...known,
      });
}

function validationProblem(faults: NonNullable<FastifyError['validation']>, where: string): Problem {
  const errors = faults.map((fault): FieldError => {
    const {additionalProperty, missingProperty, allowedValues} = fault.params as {
      additionalProperty?: string;
      missingProperty?: string;
      allowedValues?: readonly string[];
    };
    const field = additionalProperty ?? missingProperty;
    return {
      pointer: `${where}${fault.instancePath}${field === undefined ? '' : `/${field.replaceAll('~', '~0').replaceAll('/', '~1')}`}`,
      detail:
        additionalProperty !== undefined
          ? 'is not known here'
          : missingProperty !== undefined
            ? 'is missing'
            : allowedValues !== undefined
              ? `must be one of ${allowedValues.join(', ')}`
              : (fault.message ?? 'is not valid'),
    };
  });
  return new Problem({
    code: 'invalid_request',
    detail: errors.map(({pointer, detail}) => `${pointer || 'the body'} ${detail}`).join('; '),
    errors,
  });
}
