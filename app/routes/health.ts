import type {FastifyPluginAsyncTypebox} from '@fastify/type-provider-typebox';
import {Type} from 'typebox';

/** `degraded`: requests are served, although the store is away. */
export interface Readiness {
  readonly kind: 'ready' | 'degraded' | 'draining';
}

export interface HealthRoutesOptions {
  readonly readiness: () => Promise<Readiness>;
}

const body = Type.Object({status: Type.String()});
const documented = {tags: ['health'], security: []};

/** `/livez`: the process runs. `/readyz`: it can serve. The first never depends on the store: a restart mends no Redis. */
export const healthRoutes: FastifyPluginAsyncTypebox<HealthRoutesOptions> = async (app, {readiness}) => {
  app.get(
    '/livez',
    {
      config: {quiet: true},
      schema: {...documented, operationId: 'livez', summary: 'Whether the process runs', response: {200: body}},
    },
    async () => ({status: 'alive'}),
  );
  app.get(
    '/readyz',
    {
      config: {quiet: true},
      schema: {
        ...documented,
        operationId: 'readyz',
        summary: 'Whether requests can be served',
        response: {200: body, 503: body},
      },
    },
    async (_request, reply) => {
      const {kind} = await readiness();
      return reply.code(kind === 'draining' ? 503 : 200).send({status: kind});
    },
  );
};
