import {setTimeout as wait} from 'node:timers/promises';
import {simpleParser} from 'mailparser';
import {HttpClient} from './http.ts';

const arrivalTimeoutMs = 30_000;

/** The code in the newest mail to a recipient, as soon as the sink has one. */
export async function codeFromMail(
  sinkUrl: string,
  recipient: string,
  signal: AbortSignal,
): Promise<{code: string; secure: boolean}> {
  using client = new HttpClient({url: sinkUrl});
  const deadline = performance.now() + arrivalTimeoutMs;
  while (performance.now() < deadline) {
    const {body} = await client.call({method: 'GET', path: '/'});
    const mail = (body as {to: string[]; secure: boolean; raw: string}[]).findLast(({to}) => to.includes(recipient));
    if (mail !== undefined) {
      const {text = ''} = await simpleParser(mail.raw);
      const code = /\b\d{6}\b/.exec(text)?.[0];
      if (code === undefined) throw new Error(`no six digits in the mail: ${text}`);
      return {code, secure: mail.secure};
    }
    await wait(250, undefined, {signal});
  }
  throw new Error(`no mail to ${recipient} within ${arrivalTimeoutMs / 1000} s`);
}
