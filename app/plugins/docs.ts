import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import fp from 'fastify-plugin';

/** The OpenAPI document, made from the schemas that validate, and a page to try it. */
export const docsPlugin = fp<{version: string}>(async (app, {version}) => {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'OTP Service',
        version,
        description:
          'Generates, sends and verifies one-time passwords. Errors are `application/problem+json` (RFC 9457) with a stable `code`.',
      },
      servers: [{url: '/'}],
      components: {
        securitySchemes: {apiKey: {type: 'http', scheme: 'bearer', description: 'An API key: `otp_<client>_<secret>`'}},
      },
      tags: [
        {name: 'verifications', description: 'One challenge to one recipient'},
        {name: 'recipients', description: 'Help for a recipient: unlock, erase (scope `manage`)'},
        {name: 'policies', description: 'The rules of the calling client'},
        {name: 'keys', description: 'Public keys of the service'},
        {name: 'health', description: 'For load balancers and orchestrators'},
      ],
    },
  });
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    theme: {title: 'OTP Service API'},
    uiConfig: {
      // Without the bar at the top, whose one field would load another document.
      layout: 'BaseLayout',
      deepLinking: true,
      persistAuthorization: true,
      docExpansion: 'list',
      defaultModelsExpandDepth: 1,
    },
    staticCSP: true,
  });
  app.get('/openapi.json', {schema: {hide: true}}, async () => app.swagger());
});
