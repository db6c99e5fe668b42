import fp from 'fastify-plugin';

/** One line a request. It names the route and not the address: addresses can hold recipients. */
export const requestLogPlugin = fp(async (app) => {
  app.decorateReply('outcome');
  // Nothing in such a line is the caller's: it needs no looking for what is to be redacted, which costs as much again.
  const lines = app.log.child({}, {redact: []});
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id);
    done();
  });
  app.addHook('onResponse', (request, reply, done) => {
    const {method, routeOptions} = request;
    const entry = {
      reqId: request.id,
      method,
      route: routeOptions.url ?? 'none',
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime * 10) / 10,
      outcome: reply.outcome,
      client: request.client?.name,
    };
    if (routeOptions.config.quiet) lines.debug(entry, 'request');
    else lines.info(entry, 'request');
    done();
  });
});

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Logged at debug level: probes and scrapes come every few seconds. */
    quiet?: boolean;
  }
}
