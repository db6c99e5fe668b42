import {generateKeyPairSync} from 'node:crypto';
import {afterEach, describe, expect, it} from 'vitest';
import {freePort} from '../../../chaos/lab/free-port.ts';
import {createCertificate} from '../../testing/certificates.ts';
import {startSmtpServer} from '../../testing/smtp-server.ts';
import type {OutgoingMessage, Provider} from '../provider.ts';
import {type SmtpOptions, smtpProvider} from './smtp.ts';

const message: OutgoingMessage = {
  verificationId: 'v1_x',
  messageId: 'v1_x.0',
  resends: 0,
  channel: 'email',
  to: 'ada@example.com',
  subject: 'Your verification code',
  text: 'Your verification code is:\n\n    123456\n',
  code: '123456',
  locale: 'en',
};
const signal = new AbortController().signal;
const open: Provider[] = [];

function provider(options: Partial<SmtpOptions> & {port: number}): Provider {
  const created = smtpProvider({
    name: 'mail',
    host: 'localhost',
    tls: 'none',
    from: 'Example <otp@example.com>',
    timeoutMs: 20_000,
    ...options,
  });
  open.push(created);
  return created;
}

afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

const reply = (responseCode: number, text: string) => Object.assign(new Error(text), {responseCode});

describe('the SMTP provider', () => {
  it('hands a message over to a real server', async () => {
    await using server = await startSmtpServer();
    expect(await provider({port: server.port}).send(message, signal)).toEqual({kind: 'accepted'});
    expect(server.received).toHaveLength(1);
    const [{envelope, mail} = {envelope: undefined, mail: undefined}] = server.received;
    expect(envelope).toEqual({from: 'otp@example.com', to: ['ada@example.com']});
    expect(mail?.subject).toBe('Your verification code');
    expect(mail?.text).toContain('123456');
    expect(mail?.messageId).toBe('<v1_x.0@otp-service>');
    expect(mail?.headers.get('auto-submitted')).toBe('auto-generated');
  });

  it('speaks TLS with a private authority, and logs in only then', async () => {
    const {ca, cert, key} = await createCertificate('localhost');
    await using server = await startSmtpServer({
      key,
      cert,
      authOptional: false,
      onAuth: ({username, password}, _session, callback) =>
        username === 'otp' && password === 'secret' ? callback(null, {user: username}) : callback(new Error('no')),
    });
    const tls = {port: server.port, tls: 'starttls', username: 'otp', password: 'secret'} as const;
    expect(await provider({...tls, ca}).send(message, signal)).toEqual({kind: 'accepted'});
    expect(server.received).toMatchObject([{secure: true, user: 'otp'}]);
    expect(await provider({...tls, ca, password: 'wrong'}).send(message, signal)).toMatchObject({
      kind: 'retry',
      reason: expect.stringContaining('EAUTH'),
    });
    expect(await provider(tls).send(message, signal), 'unknown authority').toMatchObject({kind: 'retry'});
    expect(server.received).toHaveLength(1);
  });

  it('sends nothing in the clear when TLS is asked for and not offered', async () => {
    await using server = await startSmtpServer();
    expect(await provider({port: server.port, tls: 'starttls'}).send(message, signal)).toMatchObject({kind: 'retry'});
    expect(server.received).toHaveLength(0);
  });

  it('tells a recipient that is refused for good from one that may be taken later', async () => {
    let answer = reply(550, 'no such user ada@example.com');
    await using server = await startSmtpServer({onRcptTo: (_address, _session, callback) => callback(answer)});
    const mail = provider({port: server.port});
    const refused = await mail.send(message, signal);
    expect(refused).toEqual({kind: 'refused', reason: 'EENVELOPE (reply 550 to RCPT TO)'});
    answer = reply(451, 'try again ada@example.com');
    expect(await mail.send(message, signal)).toEqual({kind: 'retry', reason: 'EENVELOPE (reply 451 to RCPT TO)'});
  });

  it('tells a server that is not there, hangs up, or says nothing, and may be there later', async () => {
    expect(await provider({port: await freePort()}).send(message, signal)).toEqual({kind: 'retry', reason: 'ESOCKET'});
    await using rude = await startSmtpServer({onConnect: (_session, callback) => callback(reply(421, 'busy'))});
    expect(await provider({port: rude.port}).send(message, signal)).toMatchObject({kind: 'retry'});
    await using silent = await startSmtpServer({onMailFrom: () => {}});
    expect(await provider({port: silent.port, timeoutMs: 200}).send(message, signal)).toMatchObject({kind: 'retry'});
  });

  it('writes no code and no address into the reason that operators read', async () => {
    await using server = await startSmtpServer({
      onData: (stream, _session, callback) =>
        stream.resume().on('end', () => callback(reply(554, 'spam: 123456 for ada@example.com'))),
    });
    const result = await provider({port: server.port}).send(message, signal);
    expect(result).toMatchObject({kind: 'refused'});
    expect(JSON.stringify(result)).not.toMatch(/123456|ada@/);
  });

  it('holds a fault of the sender or the session against the configuration, and not against the message', async () => {
    await using sender = await startSmtpServer({
      onMailFrom: (_address, _session, callback) => callback(reply(550, 'sender rejected')),
    });
    expect(await provider({port: sender.port}).send(message, signal)).toMatchObject({
      kind: 'retry',
      reason: 'EENVELOPE (reply 550 to MAIL FROM)',
    });
    await using login = await startSmtpServer({
      onRcptTo: (_address, _session, callback) => callback(reply(530, 'authentication required')),
    });
    expect(await provider({port: login.port}).send(message, signal)).toMatchObject({kind: 'retry'});
  });

  it('writes HTML beside the text, and no more headers and recipients than its own, whatever its parts say', async () => {
    await using server = await startSmtpServer();
    const mail = provider({port: server.port, from: '"Bank, \\"secure\\" <x@evil.example>" <otp@example.com>'});
    const html = '<p>123456</p>';
    const subject = 'Your code\r\nBcc: eve@evil.example\r\n\r\nHello';
    expect(await mail.send({...message, html, subject}, signal)).toEqual({kind: 'accepted'});
    const to = 'ada@example.com>\r\nRCPT TO:<eve@evil.example';
    expect((await mail.send({...message, to}, signal)).kind).not.toBe('accepted');
    expect(server.received).toHaveLength(1);
    const [received] = server.received;
    expect(received?.envelope).toEqual({from: 'otp@example.com', to: ['ada@example.com']});
    expect(received?.mail.headers.has('bcc')).toBe(false);
    expect(received?.mail.subject).toContain('Your code');
    expect(received?.mail.html).toContain(html);
    expect(received?.mail.text).toContain('123456');
  });

  it('signs mail for a domain (DKIM) where it has a key', async () => {
    await using server = await startSmtpServer();
    const {privateKey} = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      privateKeyEncoding: {type: 'pkcs8', format: 'pem'},
      publicKeyEncoding: {type: 'spki', format: 'pem'},
    });
    const mail = provider({port: server.port, dkim: {domain: 'example.com', selector: 'otp', privateKey}});
    expect(await mail.send(message, signal)).toEqual({kind: 'accepted'});
    expect(server.received[0]?.mail.headers.get('dkim-signature')).toMatchObject({
      params: {d: 'example.com', s: 'otp'},
    });
  });

  it('sends nothing once it is too late', async () => {
    await using server = await startSmtpServer();
    expect(await provider({port: server.port}).send(message, AbortSignal.abort())).toMatchObject({kind: 'retry'});
    expect(server.received).toHaveLength(0);
  });
});
