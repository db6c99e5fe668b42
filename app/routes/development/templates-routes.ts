import type {FastifyPluginAsyncTypebox} from '@fastify/type-provider-typebox';
import {Type} from 'typebox';
import type {Templates} from '../../delivery/templates/templates.ts';
import {Problem} from '../../errors.ts';
import {sendMail, sendPage} from './page.ts';
import {previewsOf, templatesChoice} from './previews.ts';
import {inScheme} from './scheme.ts';
import {templatesPage} from './templates-page.ts';

const closed = {additionalProperties: false};
const mailName = Type.Object(
  {
    policy: Type.String({maxLength: 32}),
    locale: Type.String({maxLength: 35}),
    scheme: Type.Optional(Type.Enum(['', 'light', 'dark'])),
  },
  closed,
);
const quiet = {config: {quiet: true}};

/** `/dev/templates`: every message of every policy, in every language. */
export const templatesRoutes: FastifyPluginAsyncTypebox<{templates: Templates}> = async (app, {templates}) => {
  app.get('/templates', {schema: {hide: true, querystring: templatesChoice}, ...quiet}, async (request, reply) =>
    sendPage(reply, {
      title: 'Templates',
      path: '/dev/templates',
      script: 'templates.js',
      content: templatesPage(previewsOf(templates), request.query),
    }),
  );

  app.get('/templates/mail', {schema: {hide: true, querystring: mailName}, ...quiet}, async (request, reply) => {
    const {policy, locale, scheme = ''} = request.query;
    const preview = previewsOf(templates).find(
      (each) => each.policy.name === policy && each.channel === 'email' && each.locale === locale,
    );
    if (preview?.rendered.html === undefined)
      throw new Problem({code: 'route_not_found', detail: 'There is no such template.'});
    return sendMail(reply, inScheme(preview.rendered.html, scheme));
  });
};
