import fp from 'fastify-plugin';
import type {Metrics} from '../metrics.ts';

/** Counts and times requests by route, never by address. */
export const metricsPlugin = fp<{metrics: Metrics}>(async (app, {metrics}) => {
  app.addHook('onResponse', (request, reply, done) => {
    const {method, routeOptions} = request;
    if (!routeOptions.config.quiet)
      metrics.requests.observe(
        {method, route: routeOptions.url ?? 'none', status: String(reply.statusCode), outcome: reply.outcome ?? 'ok'},
        reply.elapsedTime / 1000,
      );
    done();
  });
});
