import type {FastifyPluginAsyncTypebox} from '@fastify/type-provider-typebox';
import {Type} from 'typebox';
import type {Inbox} from '../../delivery/inbox.ts';
import {Problem} from '../../errors.ts';
import {EventStream} from './event-stream.ts';
import {filterSchema, fits} from './inbox-filter.ts';
import {inboxPage} from './inbox-page.ts';
import {sendMail, sendPage} from './page.ts';

const closed = {additionalProperties: false};
const recipient = Type.Object({to: Type.Optional(Type.String({maxLength: 320}))}, closed);
const messageName = Type.Object({id: Type.String({maxLength: 128}), at: Type.String({maxLength: 32})}, closed);
const quiet = {config: {quiet: true}};

/** `/dev/inbox`: what would have been sent. */
export const inboxRoutes: FastifyPluginAsyncTypebox<{inbox: Inbox}> = async (app, {inbox}) => {
  const events = new EventStream(app as never, inbox);

  app.get('/inbox.json', {schema: {hide: true, querystring: recipient}, ...quiet}, async (request) =>
    inbox.list(request.query.to?.replace(/^ /, '+')),
  );

  app.get('/inbox', {schema: {hide: true, querystring: filterSchema}, ...quiet}, async (request, reply) => {
    const messages = await inbox.list();
    return sendPage(reply, {
      title: 'Inbox',
      path: '/dev/inbox',
      script: 'inbox.js',
      content: inboxPage(
        messages.filter((message) => fits(message, request.query)),
        request.query,
      ),
    });
  });

  app.get('/inbox/events', {schema: {hide: true}, ...quiet}, async (_request, reply) => events.open(reply));

  app.get('/inbox/mail', {schema: {hide: true, querystring: messageName}, ...quiet}, async (request, reply) => {
    const {id, at} = request.query;
    const page = await inbox.html({verificationId: id, receivedAt: at});
    if (page === undefined)
      throw new Problem({code: 'route_not_found', detail: 'The web page of this mail is not kept (any more).'});
    return sendMail(reply, page);
  });
};
