import type {Socket} from 'node:net';
import type {FastifyBaseLogger, FastifyError, FastifyReply, FastifyRequest} from 'fastify';
import fp from 'fastify-plugin';
import {errorTable, type FieldError, maxFieldErrors, Problem} from '../errors.ts';
import {StoreError} from '../store/store.ts';

const storeRetryAfterSeconds = 1;

/** Answers every error as `application/problem+json` (RFC 9457), and tells the log what the caller may not know. */
export const problemPlugin = fp(async (app) => {
  const routes: {readonly pattern: RegExp; readonly methods: readonly string[]}[] = [];
  app.addHook('onRoute', ({url, method}) => {
    routes.push({pattern: patternOf(url), methods: [method].flat()});
  });
  const nothingHere = (request: FastifyRequest, reply: FastifyReply): Problem => {
    const path = request.url.split('?')[0] ?? '';
    const taken = routes.filter(({pattern}) => pattern.test(path)).flatMap(({methods}) => methods);
    const allowed = [...new Set(taken)].toSorted();
    if (allowed.length === 0)
      return new Problem({code: 'route_not_found', detail: `There is nothing at ${request.method} ${path}.`});
    reply.header('allow', allowed.join(', '));
    return new Problem({
      code: 'method_not_allowed',
      detail: `The address takes ${allowed.join(', ')}, and not ${request.method}.`,
    });
  };
  app.setErrorHandler((error: FastifyError, request, reply) =>
    sendProblem(request.is404 ? nothingHere(request, reply) : toProblem(error), error, request, reply),
  );
  app.setNotFoundHandler((request, reply) => {
    const problem = nothingHere(request, reply);
    return sendProblem(problem, problem, request, reply);
  });
});

/** The addresses of a route, as Fastify writes them (`/v1/verifications/:id/check`). */
function patternOf(url: string): RegExp {
  return new RegExp(
    `^${url
      .replaceAll('.', '\\.')
      .replace(/:[^/]+/g, '[^/]+')
      .replace(/\*$/, '.*')}$`,
  );
}

/** For errors that come before any route, such as an address that cannot be decoded. */
export function answerFrameworkError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  const problem = toProblem(error);
  request.log.info(
    {reqId: request.id, method: request.method, route: 'none', status: problem.statusCode, outcome: problem.code},
    'request',
  );
  sendProblem(problem, error, request, reply);
}

function sendProblem(problem: Problem, cause: Error, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const {code, detail, errors, retryAfterSeconds, extensions, operatorDetail} = problem.options;
  const {status, title} = errorTable[code];
  if (status === 500) request.log.error({reqId: request.id, err: cause, code}, 'request failed');
  else if (operatorDetail !== undefined) request.log.info({reqId: request.id, code, operatorDetail}, 'request refused');
  if (retryAfterSeconds !== undefined) reply.header('retry-after', String(retryAfterSeconds));
  reply.header('x-request-id', request.id);
  if (status === 401) reply.header('www-authenticate', 'Bearer');
  reply.outcome = problem.options.outcome ?? code;
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
          'The store did not answer in time. The request may have taken effect: repeat it with its Idempotency-Key, or read the verification first.',
        ...known,
      });
}

function validationProblem(faults: NonNullable<FastifyError['validation']>, where: string): Problem {
  const errors = faults.slice(0, maxFieldErrors).map((fault): FieldError => {
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

/** Answers what is no HTTP. Nothing of it is logged: it may hold a key or a code. */
export function answerNoHttp(log: FastifyBaseLogger) {
  return (error: Error & {readonly code?: string}, socket: Socket): void => {
    if (error.code === 'ECONNRESET' || socket.destroyed) return;
    const [status, title] = answersToNoHttp[error.code ?? ''] ?? [400, 'Bad Request'];
    log.info({code: error.code, status}, 'no HTTP request');
    const body = JSON.stringify({
      type: 'urn:otp-service:error:invalid_request',
      title: errorTable.invalid_request.title,
      status,
      detail: title,
      code: 'invalid_request',
    });
    socket.end(
      `HTTP/1.1 ${status} ${title}\r\nContent-Type: application/problem+json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
    );
  };
}

const answersToNoHttp: Record<string, readonly [number, string]> = {
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'Request Timeout'],
  HPE_HEADER_OVERFLOW: [431, 'Request Header Fields Too Large'],
};
