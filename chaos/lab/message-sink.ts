import {once} from 'node:events';
import {createServer, type IncomingMessage} from 'node:http';
import {owning} from './owned.ts';

/** What is known of the messages of a verification. */
export interface ReceivedMessage {
  readonly code: string;
  /** How often its verification had been sent again when it was written. */
  readonly resends: number;
  /** `performance.now()` when the first message of its verification came. */
  readonly firstSeenAtMs: number;
}

/** The far end of a provider: what people get to see of the service's messages, whatever becomes of its store. */
export interface MessageSink extends AsyncDisposable {
  /** What the service's configuration says of it, in YAML: a provider of kind `http`. */
  readonly providerYaml: string;
  /** Undefined while nothing has come. Where several came, the one that was written last, whichever came last. */
  newestOf(verificationId: string): ReceivedMessage | undefined;
  /** Messages that came more than once under their own id. */
  readonly repeated: number;
}

const TEMPLATE = '{verificationId: "{verificationId}", messageId: "{messageId}", code: "{code}"}';

export function startMessageSink(): Promise<MessageSink> {
  return owning(async (owned) => {
    const messages = new Map<string, ReceivedMessage>();
    const counts = new Map<string, number>();
    const server = createServer(async (request, response) => {
      const {verificationId, messageId, code} = await readJson(request);
      const message = `${verificationId} ${messageId}`;
      counts.set(message, (counts.get(message) ?? 0) + 1);
      const resends = resendsBefore(messageId);
      const newest = messages.get(verificationId);
      if (!newest) messages.set(verificationId, {code, resends, firstSeenAtMs: performance.now()});
      else if (resends > newest.resends) messages.set(verificationId, {...newest, code, resends});
      response.writeHead(202).end();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    owned.defer(async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    });
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const url = `http://127.0.0.1:${address.port}/messages`;
    return {
      providerYaml: `{kind: http, url: "${url}", json: ${TEMPLATE}, allowAddresses: [127.0.0.1]}`,
      newestOf: (id: string) => messages.get(id),
      get repeated() {
        return [...counts.values()].filter((count) => count > 1).length;
      },
    };
  });
}

/** A message's id ends in the number of resends that went before it. */
function resendsBefore(messageId: string): number {
  const resends = Number(/\.(\d+)$/.exec(messageId)?.[1]);
  if (Number.isNaN(resends)) throw new Error(`the id of a message does not say which one it is: "${messageId}"`);
  return resends;
}

async function readJson(request: IncomingMessage): Promise<{verificationId: string; messageId: string; code: string}> {
  return JSON.parse(Buffer.concat(await request.toArray()).toString('utf8'));
}
