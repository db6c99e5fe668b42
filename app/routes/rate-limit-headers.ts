import type {FastifyReply} from 'fastify';
import type {ChargedLimit} from '../usecases/create-verification.ts';

/** Says which limits a request was charged to and what is left (draft-ietf-httpapi-ratelimit-headers-10). `at` in ms. */
export function rateLimitHeaders(reply: FastifyReply, limits: readonly ChargedLimit[], at: number): void {
  if (limits.length === 0) return;
  reply.header(
    'ratelimit-policy',
    limits.map(({name, count, perSeconds}) => `"${name}";q=${count};w=${perSeconds}`).join(', '),
  );
  reply.header(
    'ratelimit',
    limits
      .map(
        ({name, remaining, resetAt}) => `"${name}";r=${remaining};t=${Math.max(0, Math.ceil((resetAt - at) / 1000))}`,
      )
      .join(', '),
  );
}
