import fp from 'fastify-plugin';

/** One line a request. It names the route and not the address: addresses can hold recipients. */
export const requestLogPlugin = fp(async (app) => {
  app.decorateReply('outcome');
  app.addHook('onSend', async (request, reply) => {
    reply.header('x-request-id', request.id);
  });
  app.addHook('onResponse', async (request, reply) => {
    const {method, routeOptions} = request;
    const entry = {
      method,
      route: routeOptions.url ?? 'none',
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime * 10) / 10,
      outcome: reply.outcome,
      client: request.client?.name,
    };
    if (routeOptions.config.quiet) request.log.debug(entry, 'request');
    else request.log.info(entry, 'request');
  });
});

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Logged at debug level: probes and scrapes come every few seconds. */
    quiet?: boolean;
  }
}
