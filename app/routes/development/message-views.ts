import {type Html, html} from './html.ts';

/** A text as a phone shows it. */
export function bubble(channel: string, text: string): Html {
  return html`<p class="bubble ${channel}">${text}</p>`;
}

/** A mail: its subject, its web page in a frame that can do nothing, and its text. */
export function mailFrame({
  title,
  subject,
  text,
  src,
}: {
  title: string;
  subject: string;
  text: string;
  src: string;
}): Html {
  return html`<p class="subject"><span class="visually-hidden">Subject: </span><bdi>${subject}</bdi></p>
<iframe sandbox title="${title}" src="${src}" loading="lazy"></iframe>
<details><summary>As plain text</summary><pre class="plain" tabindex="0">${text}</pre></details>`;
}
