import type {FastifyReply} from 'fastify';
import {type Html, html} from './html.ts';

/** Nothing from anywhere else, no inline style, no inline script, and no other page around it. */
const policy = [
  "default-src 'none'",
  "style-src 'self'",
  "script-src 'self'",
  "connect-src 'self'",
  "frame-src 'self'",
  "img-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** What a mail's own page may do: show itself. */
const mailPolicy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox";

const places = [
  ['/dev/inbox', 'Inbox'],
  ['/dev/templates', 'Templates'],
  ['/docs', 'API'],
] as const;

export function sendPage(
  reply: FastifyReply,
  {title, path, script, content}: {title: string; path: string; script: string; content: Html},
): FastifyReply {
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · OTP Service</title>
<link rel="icon" href="/dev/assets/icon.svg">
<link rel="stylesheet" href="/dev/assets/base.css">
<link rel="stylesheet" href="/dev/assets/messages.css">
<script type="module" src="/dev/assets/${script}"></script>
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header class="bar">
<p class="product">OTP Service <span>development</span></p>
<nav aria-label="Development pages">
${places.map(([href, name]) => html`<a href="${href}"${href === path ? html` aria-current="page"` : ''}>${name}</a>`)}
</nav>
</header>
<main id="main" tabindex="-1">
${content}
</main>
</body>
</html>
`;
  return headers(reply, policy).send(page.html);
}

export function sendMail(reply: FastifyReply, page: string): FastifyReply {
  return headers(reply, mailPolicy).send(page);
}

function headers(reply: FastifyReply, contentPolicy: string): FastifyReply {
  return reply
    .type('text/html; charset=utf-8')
    .header('content-security-policy', contentPolicy)
    .header('x-content-type-options', 'nosniff')
    .header('referrer-policy', 'no-referrer')
    .header('cache-control', 'no-store');
}
