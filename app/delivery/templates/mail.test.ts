import {expect, it} from 'vitest';
import {startSmtpServer} from '../../testing/smtp-server.ts';
import {policyTexts} from '../../testing/templates.ts';
import {smtpProvider} from '../providers/smtp.ts';
import {createTemplates} from './templates.ts';

it('a mail arrives as it was written, in any script, and nothing that it shows becomes a header or markup', async () => {
  const problems: string[] = [];
  const templates = createTemplates(
    [
      policyTexts({
        requiredBinding: ['payee'],
        own: {
          email: {
            ar: {
              subject: 'الدفع إلى {binding.payee}',
              text: 'رمز الدفع إلى {binding.payee}:\n\n{code}',
              codeInSubject: false,
            },
          },
        },
      }),
    ],
    problems,
  );
  expect(problems).toEqual([]);
  const rendered = templates.render({
    policyTag: 1,
    channel: 'email',
    locale: 'ar',
    code: 'K7M2XQ',
    lifetimeSeconds: 300,
    binding: {payee: '"><script>\r\nBcc: eve@example.com\r\n\r\n\u202eEvil'},
  });
  await using server = await startSmtpServer();
  const provider = smtpProvider({
    name: 'mail',
    host: 'localhost',
    port: server.port,
    tls: 'none',
    from: 'otp@example.com',
  });
  const signal = new AbortController().signal;
  const message = {
    verificationId: 'v',
    messageId: 'v.0',
    resends: 0,
    channel: 'email',
    to: 'ada@example.com',
    code: 'K7M2XQ',
  } as const;
  expect(await provider.send({...message, ...rendered}, signal)).toEqual({kind: 'accepted'});
  await provider.close();
  const [received] = server.received;
  expect(received?.envelope.to).toEqual(['ada@example.com']);
  expect(received?.mail.bcc).toBeUndefined();
  expect(received?.mail.subject).toBe('الدفع إلى "><script> Bcc: eve@example.com Evil');
  expect(received?.mail.text?.trim()).toBe(rendered.text.trim());
  expect(String(received?.mail.html).trim()).toBe(rendered.html?.trim());
  expect(rendered.text).toContain('\u2066K7M2XQ\u2069');
  expect(rendered.html).not.toMatch(/<script|\u202e/);
});
