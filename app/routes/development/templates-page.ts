import {segmentsOf} from '../../delivery/templates/sms-segments.ts';
import {type Html, html} from './html.ts';
import {bubble, mailFrame} from './message-views.ts';
import type {Preview, TemplatesChoice} from './previews.ts';

const channelNames = {sms: 'SMS', email: 'Mail', voice: 'Call', whatsapp: 'WhatsApp'};
const schemes = [
  ['', 'like this page'],
  ['light', 'light'],
  ['dark', 'dark'],
] as const;

/** The previews that are asked for, by policy and channel, and a form to choose them with. */
export function templatesPage(previews: readonly Preview[], choice: TemplatesChoice): Html {
  const {policy = '', channel = '', locale = '', scheme = ''} = choice;
  const shown = previews.filter(
    (each) =>
      (policy === '' || each.policy.name === policy) &&
      (channel === '' || each.channel === channel) &&
      (locale === '' || each.locale === locale),
  );
  const groups = Map.groupBy(shown, (each) => each.policy);
  return html`<div class="heading">
<h1>Templates</h1>
<p>Every message of every policy, with sample values. Own words come from <code>templates</code> in the configuration.</p>
</div>
<search>
<form id="filter" class="filter" action="/dev/templates" method="get">
${select(
  'Policy',
  'policy',
  unique(previews, (each) => each.policy.name),
  policy,
)}
${select(
  'Channel',
  'channel',
  unique(previews, (each) => each.channel),
  channel,
)}
${select(
  'Language',
  'locale',
  unique(previews, (each) => each.locale),
  locale,
)}
<fieldset><legend>Mail in</legend>
${schemes.map(
  ([value, name]) =>
    html`<label class="radio"><input type="radio" name="scheme" value="${value}"${value === scheme && html` checked`}> ${name}</label>`,
)}
</fieldset>
<button>Show</button>
</form>
</search>
<div id="previews">
${shown.length === 0 && html`<p class="empty">There is no such template.</p>`}
${[...groups].map(([{name, brand, lifetimeSeconds}, ofPolicy]) => {
  const ofChannels = Map.groupBy(ofPolicy, (each) => each.channel);
  return html`<section aria-labelledby="policy-${name}">
<h2 class="policy-name" id="policy-${name}">${name}</h2>
<p class="count">${brand === undefined ? 'no brand' : `brand ${brand}`}, codes live for ${lifetimeSeconds} s</p>
${[...ofChannels].map(
  ([ofChannel, all]) => html`<h3 class="channel-name">${channelNames[ofChannel]}</h3>
<ul class="previews">${all.map((each) => card(each, scheme))}</ul>`,
)}
</section>`;
})}
</div>`;
}

function unique(previews: readonly Preview[], value: (preview: Preview) => string): string[] {
  return [...new Set(previews.map(value))];
}

function select(label: string, name: string, values: readonly string[], chosen: string): Html {
  return html`<label>${label} <select name="${name}"><option value="">all</option>
${values.map((value) => html`<option value="${value}"${value === chosen && html` selected`}>${value}</option>`)}
</select></label>`;
}

function card({policy, channel, locale, own, rendered}: Preview, scheme: string): Html {
  const language = new Intl.DisplayNames(['en'], {type: 'language'}).of(locale) ?? locale;
  return html`<li class="preview">
<h4 class="language">${language} <span class="tag">${locale}</span>${own && html` <span class="tag own">own words</span>`}</h4>
${
  channel === 'email'
    ? mailFrame({
        title: `Mail of ${policy.name} in ${language}`,
        subject: rendered.subject,
        text: rendered.text,
        src: `/dev/templates/mail?${new URLSearchParams({policy: policy.name, locale, scheme}).toString()}`,
      })
    : html`<div lang="${locale}">${bubble(channel, rendered.text)}</div>`
}
${channel === 'sms' && segments(rendered.text)}
</li>`;
}

function segments(text: string): Html {
  const {count, encoding, notGsm} = segmentsOf(text);
  return html`<p class="segments">${count} ${count === 1 ? 'segment' : 'segments'} · ${encoding} · ${[...text].length} characters${
    encoding === 'UCS-2' &&
    html`<br>not in GSM-7: <bdi>${notGsm.slice(0, 8).join(' ')}${notGsm.length > 8 && ' …'}</bdi>`
  }</p>`;
}
