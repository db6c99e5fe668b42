import {once} from 'node:events';
import {createServer, type IncomingHttpHeaders, type ServerResponse} from 'node:http';
import {createServer as createTlsServer} from 'node:https';
import type {AddressInfo} from 'node:net';

/** A request as the far side has got it. */
interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

type Answer = (response: ServerResponse, request: ReceivedRequest) => void;

/** A real HTTP server on loopback, in the place of a provider's or a client's. */
export interface FarSide {
  readonly port: number;
  readonly url: string;
  readonly received: readonly ReceivedRequest[];
  /** What the next requests are answered with. @default 200 and an empty body */
  answer: Answer;
  [Symbol.asyncDispose](): Promise<void>;
}

export async function startFarSide(tls?: {readonly cert: string; readonly key: string}): Promise<FarSide> {
  const received: ReceivedRequest[] = [];
  const server = tls === undefined ? createServer() : createTlsServer(tls);
  const farSide = {
    answer: (response: ServerResponse) => void response.end(),
  } as {answer: Answer};
  server.on('request', async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const entry = {
      method: request.method ?? '',
      path: request.url ?? '',
      headers: request.headers,
      body: Buffer.concat(chunks).toString('utf8'),
    };
    received.push(entry);
    farSide.answer(response, entry);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const {port} = server.address() as AddressInfo;
  return Object.assign(farSide, {
    port,
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    received,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}

/** Answers with a status, and JSON if there is a body. */
export function json(status: number, body?: unknown, headers: Record<string, string> = {}): Answer {
  return (response) => {
    response.writeHead(status, {'content-type': 'application/json', ...headers});
    response.end(body === undefined ? '' : JSON.stringify(body));
  };
}

/** Hangs up in the middle. */
export const reset: Answer = (response) => void response.socket?.resetAndDestroy();
/** Never answers. */
export const silence: Answer = () => {};
