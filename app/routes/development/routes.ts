import type {FastifyPluginAsync} from 'fastify';
import type {Inbox} from '../../delivery/inbox.ts';
import type {Templates} from '../../delivery/templates/templates.ts';
import {assetRoutes} from './assets.ts';
import {inboxRoutes} from './inbox-routes.ts';
import {templatesRoutes} from './templates-routes.ts';

export interface DevelopmentPages {
  readonly inbox: Inbox;
  readonly templates: Templates;
}

/** `/dev`: what helps whoever builds against the service. Registered in development mode only. */
export const developmentRoutes: FastifyPluginAsync<DevelopmentPages> = async (app, {inbox, templates}) => {
  await app.register(assetRoutes);
  await app.register(inboxRoutes, {inbox});
  await app.register(templatesRoutes, {templates});
};
