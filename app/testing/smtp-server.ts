import {once} from 'node:events';
import type {AddressInfo} from 'node:net';
import {type ParsedMail, simpleParser} from 'mailparser';
import {SMTPServer, type SMTPServerOptions} from 'smtp-server';

interface ReceivedMail {
  readonly envelope: {readonly from: string; readonly to: readonly string[]};
  readonly secure: boolean;
  readonly user: string | undefined;
  readonly mail: ParsedMail;
}

/** A real SMTP server on loopback. */
export interface TestSmtpServer {
  readonly port: number;
  readonly received: readonly ReceivedMail[];
  [Symbol.asyncDispose](): Promise<void>;
}

export async function startSmtpServer(options: SMTPServerOptions = {}): Promise<TestSmtpServer> {
  const received: ReceivedMail[] = [];
  const server = new SMTPServer({
    authOptional: true,
    // Clients keep their connections; nobody waits for them.
    closeTimeout: 100,
    disabledCommands: options.key === undefined ? ['STARTTLS'] : [],
    onData(stream, session, callback) {
      simpleParser(stream).then((mail) => {
        const {mailFrom, rcptTo} = session.envelope;
        received.push({
          envelope: {from: mailFrom === false ? '' : mailFrom.address, to: rcptTo.map(({address}) => address)},
          secure: session.secure,
          user: typeof session.user === 'string' ? session.user : undefined,
          mail,
        });
        callback();
      }, callback);
    },
    ...options,
  });
  server.on('error', () => {
    // A client that goes away in the middle; its own side tells of it.
  });
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  return {
    port: (server.server.address() as AddressInfo).port,
    received,
    async [Symbol.asyncDispose]() {
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
