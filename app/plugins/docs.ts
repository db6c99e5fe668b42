import {createReadStream} from 'node:fs';
import {fileURLToPath} from 'node:url';
import swagger from '@fastify/swagger';
import fp from 'fastify-plugin';

/** What the page is made of, out of the package; read when somebody asks for it, and neither loaded nor kept before. */
const assets = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
  'favicon-32x32.png': 'image/png',
} as const;
const assetPackage = '@fastify/swagger-ui/static';

const initializer = `window.ui = SwaggerUIBundle({
  url: 'openapi.json',
  dom_id: '#swagger-ui',
  // Without the bar at the top, whose one field would load another document.
  layout: 'BaseLayout',
  deepLinking: true,
  persistAuthorization: true,
  docExpansion: 'list',
  defaultModelsExpandDepth: 1,
});
`;

const page = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>OTP Service API</title>
<link rel="icon" href="docs/favicon-32x32.png">
<link rel="stylesheet" href="docs/swagger-ui.css">
<div id="swagger-ui"></div>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/initializer.js"></script>
</html>
`;

// Swagger UI sets styles of its own while it draws.
const contentSecurityPolicy = `default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'`;

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
  const hidden = {schema: {hide: true}};
  app.get('/openapi.json', hidden, async () => app.swagger());
  app.get('/docs', hidden, async (_request, reply) =>
    reply.type('text/html; charset=utf-8').header('content-security-policy', contentSecurityPolicy).send(page),
  );
  app.get('/docs/', hidden, async (_request, reply) => reply.redirect('../docs'));
  app.get('/docs/initializer.js', hidden, async (_request, reply) =>
    reply.type('text/javascript; charset=utf-8').send(initializer),
  );
  for (const [name, type] of Object.entries(assets))
    app.get(`/docs/${name}`, hidden, async (_request, reply) => {
      const path = fileURLToPath(import.meta.resolve(`${assetPackage}/${name}`));
      return reply.type(type).header('cache-control', 'public, max-age=3600').send(createReadStream(path));
    });
});
