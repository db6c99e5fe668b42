import type {FastifyPluginAsyncTypebox} from '@fastify/type-provider-typebox';
import {Type} from 'typebox';
import type {Inbox, InboxMessage} from '../delivery/inbox.ts';

const querystring = Type.Object({to: Type.Optional(Type.String({maxLength: 320}))}, {additionalProperties: false});

/** `/dev/inbox`: what would have been sent. Registered in development mode only. */
export const developmentRoutes: FastifyPluginAsyncTypebox<{inbox: Inbox}> = async (app, {inbox}) => {
  const list = (to: string | undefined) => inbox.list(to?.replace(/^ /, '+'));

  app.get('/inbox.json', {schema: {hide: true, querystring}, config: {quiet: true}}, async (request) =>
    (await list(request.query.to)).map(({html, ...message}) => message),
  );
  app.get('/inbox', {schema: {hide: true, querystring}, config: {quiet: true}}, async (request, reply) =>
    reply
      .type('text/html; charset=utf-8')
      .header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'")
      .send(page(await list(request.query.to))),
  );
};

function page(messages: readonly InboxMessage[]): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="5">
<title>Development inbox</title>
<style>
  :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
  body { max-width: 46rem; margin: 2rem auto; padding: 0 1rem }
  article { border: 1px solid color-mix(in srgb, currentColor 25%, transparent); border-radius: .5rem; padding: .75rem 1rem; margin: 1rem 0 }
  header { display: flex; gap: .75rem; flex-wrap: wrap; justify-content: space-between; opacity: .8 }
  output { display: block; font: 600 1.75rem/1.4 ui-monospace, monospace; letter-spacing: .15em; user-select: all }
  pre { white-space: pre-wrap; font: inherit; margin: .5rem 0 0 }
</style>
</head>
<body>
<h1>Development inbox</h1>
<p>Newest first. No message has left this machine.</p>
${messages.map(article).join('\n') || '<p><strong>No messages yet.</strong></p>'}
</body>
</html>
`;
}

function article({to, channel, subject, text, code, receivedAt}: InboxMessage): string {
  return `<article>
<header><span>${escapeHtml(channel)} to <strong>${escapeHtml(to)}</strong></span><time datetime="${escapeHtml(receivedAt)}">${escapeHtml(receivedAt)}</time></header>
${subject === undefined ? '' : `<p>${escapeHtml(subject)}</p>`}<output>${escapeHtml(code)}</output>
<pre>${escapeHtml(text)}</pre>
</article>`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
