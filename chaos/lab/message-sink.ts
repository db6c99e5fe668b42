import {once} from 'node:events';
import {createServer, type IncomingMessage} from 'node:http';
import {owning} from './owned.ts';

/** A message as the service handed it over. */
interface ReceivedMessage {
  readonly verificationId: string;
  readonly code: string;
  /** `performance.now()` at its first arrival. */
  readonly seenAtMs: number;
}

/** The far end of a provider: what people get to see of the service's messages, whatever becomes of its store. */
export interface MessageSink extends AsyncDisposable {
  /** What the service's configuration says of it, in YAML: a provider of kind `http`. */
  readonly providerYaml: string;
  /** Undefined while nothing has come. The latest, where several came for one verification. */
  messageOf(verificationId: string): ReceivedMessage | undefined;
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
      const {seenAtMs} = messages.get(verificationId) ?? {seenAtMs: performance.now()};
      messages.set(verificationId, {verificationId, code, seenAtMs});
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
      messageOf: (id: string) => messages.get(id),
      get repeated() {
        return [...counts.values()].filter((count) => count > 1).length;
      },
    };
  });
}

async function readJson(request: IncomingMessage): Promise<{verificationId: string; messageId: string; code: string}> {
  return JSON.parse(Buffer.concat(await request.toArray()).toString('utf8'));
}
