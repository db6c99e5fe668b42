import type {InboxMessage} from '../../delivery/inbox.ts';
import {channels} from '../../domain/policy.ts';
import {type Html, html} from './html.ts';
import type {InboxFilter} from './inbox-filter.ts';
import {bubble, mailFrame} from './message-views.ts';

const perPage = 25;

/** The messages that fit the filter, newest first, a page of them. */
export function inboxPage(messages: readonly InboxMessage[], filter: InboxFilter): Html {
  const page = Number(filter.page ?? 1);
  const shown = messages.slice((page - 1) * perPage, page * perPage);
  return html`<div class="heading">
<h1>Inbox</h1>
<p>What would have been sent, newest first. Nothing has left this machine.</p>
<p id="live" role="status" class="live"></p>
</div>
${filterForm(filter)}
<section id="messages" aria-label="Messages">
<p class="count">${summary(messages.length, page, shown.length, filter)}</p>
${shown.length === 0 ? empty(filter) : html`<ol class="messages" reversed>${shown.map(item)}</ol>`}
${pages(page, messages.length, filter)}
</section>`;
}

function filterForm({to = '', channel = '', q = ''}: InboxFilter): Html {
  return html`<search>
<form id="filter" class="filter" action="/dev/inbox" method="get">
<label>Recipient <input name="to" value="${to}" autocomplete="off" spellcheck="false"></label>
<label>Channel <select name="channel">
<option value="">all</option>
${channels
  .filter((each) => each !== 'direct')
  .map((each) => html`<option${each === channel ? html` selected` : ''}>${each}</option>`)}
</select></label>
<label>Text <input name="q" value="${q}" type="search" autocomplete="off" spellcheck="false"></label>
<button>Filter</button>
${isFiltered({to, channel, q}) && html`<a href="/dev/inbox">Show all</a>`}
</form>
</search>`;
}

function isFiltered({to = '', channel = '', q = ''}: InboxFilter): boolean {
  return to + channel + q !== '';
}

function summary(total: number, page: number, shown: number, filter: InboxFilter): string {
  const what = `${total} ${total === 1 ? 'message' : 'messages'}${isFiltered(filter) ? ' that fit' : ''}`;
  const first = (page - 1) * perPage + 1;
  return total > perPage && shown > 0 ? `${what}, ${first} to ${first + shown - 1} of them here` : what;
}

function empty(filter: InboxFilter): Html {
  if (isFiltered(filter)) return html`<p class="empty">No message fits the filter.</p>`;
  return html`<div class="empty">
<p>No messages yet. Send the first:</p>
<pre class="example" tabindex="0">curl -s http://127.0.0.1:8080/v1/verifications -H 'Authorization: Bearer otp_dev_development-only-key' \\
  -H 'Content-Type: application/json' -d '{"to":"ada@example.com"}'</pre>
</div>`;
}

function pages(page: number, total: number, filter: InboxFilter): Html | undefined {
  const last = Math.ceil(total / perPage);
  if (last <= 1) return undefined;
  const link = (to: number, text: string, rel: string) =>
    html`<a rel="${rel}" href="/dev/inbox?${new URLSearchParams({...filter, page: String(to)}).toString()}">${text}</a>`;
  return html`<nav class="pages" aria-label="Pages of messages">
${page > 1 && link(page - 1, 'Newer', 'prev')}
<span>Page ${page} of ${last}</span>
${page < last && link(page + 1, 'Older', 'next')}
</nav>`;
}

const names: Record<string, string> = {
  sms: 'SMS',
  email: 'Mail',
  voice: 'Call',
  whatsapp: 'WhatsApp',
  webhook: 'Webhook',
};

function item(message: InboxMessage): Html {
  const {verificationId, to, channel, code, receivedAt} = message;
  const id = `m-${verificationId}-${receivedAt}`.replaceAll(/[^A-Za-z0-9_-]/g, '-');
  return html`<li id="${id}">
<article class="message" aria-labelledby="${id}-name">
<div class="about">
<h2 class="message-name" id="${id}-name"><span class="channel ${channel}">${names[channel] ?? channel}</span> <span class="visually-hidden">to</span> <bdi class="to">${to}</bdi></h2>
<p class="when"><time datetime="${receivedAt}">${receivedAt.replace('T', ' ').replace(/\.\d+Z$/, ' UTC')}</time></p>
<p class="code"><span class="visually-hidden">Code </span><code>${code}</code></p>
<p class="id" title="the verification"><span class="visually-hidden">Verification </span>${verificationId}</p>
</div>
<div class="content">${content(message)}</div>
</article>
</li>`;
}

function content(message: InboxMessage): Html {
  const {verificationId, to, channel, subject, text, receivedAt} = message;
  if (channel !== 'email') return bubble(channel, text);
  const query = new URLSearchParams({id: verificationId, at: receivedAt}).toString();
  return mailFrame({title: `Mail to ${to}`, subject: subject ?? '', text, src: `/dev/inbox/mail?${query}`});
}
