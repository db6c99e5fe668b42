import {readFileSync} from 'node:fs';
import type {FastifyPluginAsync} from 'fastify';

const types = {
  'base.css': 'text/css; charset=utf-8',
  'messages.css': 'text/css; charset=utf-8',
  'inbox.js': 'text/javascript; charset=utf-8',
  'templates.js': 'text/javascript; charset=utf-8',
  'icon.svg': 'image/svg+xml',
} as const;

/** `/dev/assets`: styles and scripts of the development pages. */
export const assetRoutes: FastifyPluginAsync = async (app) => {
  for (const [name, type] of Object.entries(types)) {
    const content = readFileSync(new URL(`assets/${name}`, import.meta.url));
    app.get(`/assets/${name}`, {schema: {hide: true}, config: {quiet: true}}, async (_request, reply) =>
      reply.type(type).header('x-content-type-options', 'nosniff').header('cache-control', 'no-cache').send(content),
    );
  }
};
