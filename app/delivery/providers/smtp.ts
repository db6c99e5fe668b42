import {createTransport} from 'nodemailer';
import type {Provider, SendResult} from '../provider.ts';

export interface SmtpOptions {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  /** `starttls`: refuses a server that does not offer it. `implicit`: TLS from the first byte. */
  readonly tls: 'starttls' | 'implicit' | 'none';
  readonly username?: string;
  readonly password?: string;
  /** PEM; @default the system's certificate authorities */
  readonly ca?: string;
  /** `Name <address>`, or the address alone. */
  readonly from: string;
  /** Signs mail for a domain (RFC 6376), where the server does not. @default no signature */
  readonly dkim?: {readonly domain: string; readonly selector: string; readonly privateKey: string};
  /** @default 5 */
  readonly maxConnections?: number;
  /** @default 10,000 */
  readonly timeoutMs?: number;
}

/** Hands mail to an SMTP server (RFC 5321) over pooled connections. */
export function smtpProvider({
  name,
  host,
  port,
  tls,
  username,
  password,
  ca,
  from,
  dkim,
  maxConnections = 5,
  timeoutMs = 10_000,
}: SmtpOptions): Provider {
  const transport = createTransport({
    pool: true,
    maxConnections,
    host,
    port,
    secure: tls === 'implicit',
    requireTLS: tls === 'starttls',
    ignoreTLS: tls === 'none',
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    // Said explicitly: an environment variable of Node could turn it off.
    tls: {rejectUnauthorized: true, minVersion: 'TLSv1.2', ...(ca === undefined ? {} : {ca})},
    ...(dkim === undefined
      ? {}
      : {dkim: {domainName: dkim.domain, keySelector: dkim.selector, privateKey: dkim.privateKey}}),
    ...(username === undefined ? {} : {auth: {type: 'login' as const, user: username, pass: password ?? ''}}),
    // Mail is built from the service's own words only: nothing in it may name a file or an address to fetch.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    name,
    // No more than there are connections: nothing waits inside, where nobody would see its code expire.
    maxConcurrent: maxConnections,
    async send({messageId, to, subject, text, html}, signal) {
      if (signal.aborted) return {kind: 'retry', reason: 'too late'};
      try {
        await transport.sendMail({
          from,
          to: {name: '', address: to},
          subject,
          text,
          ...(html === undefined ? {} : {html}),
          messageId: `<${messageId}@otp-service>`,
          headers: {'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All'},
        });
        return {kind: 'accepted'};
      } catch (error) {
        return toResult(error);
      }
    },
    async close() {
      transport.close();
    },
  };
}

/** Replies that ask for a login, at whatever command (RFC 4954 §6). */
const loginReplies = [530, 534, 535, 538];

/**
 * A 5xx reply is final (RFC 5321 §4.2.1) when it concerns this recipient or this message. One that concerns the sender or
 * the session is a fault of the configuration: operators mend it, and the message can still go.
 */
function toResult(error: unknown): SendResult {
  const {responseCode, code, command} = error as {responseCode?: number; code?: string; command?: string};
  // The reply's text repeats the recipient's address: operators get its number only.
  const reason = `${code ?? 'error'}${responseCode === undefined ? '' : ` (reply ${responseCode}${command === undefined ? '' : ` to ${command}`})`}`;
  const concernsMessage =
    (command === 'RCPT TO' || command === 'DATA') && (code === 'EENVELOPE' || code === 'EMESSAGE');
  const final = responseCode !== undefined && responseCode >= 500 && !loginReplies.includes(responseCode);
  return {kind: concernsMessage && final ? 'refused' : 'retry', reason};
}
