import type {FastifyPluginAsyncTypebox} from '@fastify/type-provider-typebox';
import {type Static, Type} from 'typebox';
import {type TemplateChannel, templateChannels} from '../../delivery/templates/own-texts.ts';
import type {Rendered} from '../../delivery/templates/render.ts';
import {sampleValues} from '../../delivery/templates/samples.ts';
import type {PolicyTexts, Templates} from '../../delivery/templates/templates.ts';
import {Problem} from '../../errors.ts';
import {sendMail, sendPage} from './page.ts';
import {inScheme} from './scheme.ts';
import {templatesPage} from './templates-page.ts';

const closed = {additionalProperties: false};
const choice = Type.Object(
  {
    policy: Type.Optional(Type.String({maxLength: 32})),
    channel: Type.Optional(Type.String({maxLength: 16})),
    locale: Type.Optional(Type.String({maxLength: 35})),
    scheme: Type.Optional(Type.Enum(['', 'light', 'dark'])),
  },
  closed,
);
const mailName = Type.Object(
  {
    policy: Type.String({maxLength: 32}),
    locale: Type.String({maxLength: 35}),
    scheme: Type.Optional(Type.Enum(['', 'light', 'dark'])),
  },
  closed,
);
const quiet = {config: {quiet: true}};

export type TemplatesChoice = Static<typeof choice>;

/** A message as it would be written, with sample values. */
export interface Preview {
  readonly policy: PolicyTexts;
  readonly channel: TemplateChannel;
  readonly locale: string;
  readonly own: boolean;
  readonly rendered: Rendered;
}

/** `/dev/templates`: every message of every policy, in every language. */
export const templatesRoutes: FastifyPluginAsyncTypebox<{templates: Templates}> = async (app, {templates}) => {
  app.get('/templates', {schema: {hide: true, querystring: choice}, ...quiet}, async (request, reply) =>
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

function previewsOf(templates: Templates): Preview[] {
  return templates.policies.flatMap((policy) =>
    templateChannels
      .filter((channel) => policy.channels.includes(channel))
      .flatMap((channel) =>
        [...(templates.messagesOf(policy).get(channel) ?? [])].map(([locale, {own}]) => ({
          policy,
          channel,
          locale,
          own,
          rendered: templates.render({
            policyTag: policy.tag,
            channel,
            locale,
            lifetimeSeconds: policy.lifetimeSeconds,
            ...sampleValues(policy),
          }),
        })),
      ),
  );
}
