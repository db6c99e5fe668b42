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
  timeoutMs = 10_000,
}: SmtpOptions): Provider {
  const transport = createTransport({
    pool: true,
    maxConnections: 5,
    host,
    port,
    secure: tls === 'implicit',
    requireTLS: tls === 'starttls',
    ignoreTLS: tls === 'none',
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    tls: {minVersion: 'TLSv1.2', ...(ca === undefined ? {} : {ca})},
    ...(username === undefined ? {} : {auth: {type: 'login' as const, user: username, pass: password ?? ''}}),
    // Mail is built from the service's own words only: nothing in it may name a file or an address to fetch.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    name,
    async send({messageId, to, subject, text}, signal) {
      signal.throwIfAborted();
      try {
        await transport.sendMail({
          from,
          to: {name: '', address: to},
          subject,
          text,
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

/** A 5xx reply to this message is final (RFC 5321 §4.2.1), except when it concerns the session and not the message. */
function toResult(error: unknown): SendResult {
  const {responseCode, code} = error as {responseCode?: number; code?: string};
  // The reply's text repeats the recipient's address: operators get its number only.
  const reason = `${code ?? 'error'}${responseCode === undefined ? '' : ` (reply ${responseCode})`}`;
  const concernsMessage = code === 'EENVELOPE' || code === 'EMESSAGE';
  return {kind: concernsMessage && responseCode !== undefined && responseCode >= 500 ? 'refused' : 'retry', reason};
}
