import type {KeyObject} from 'node:crypto';
import {once} from 'node:events';
import {
  constants,
  createSecureServer,
  type Http2SecureServer,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type {AddressInfo, Socket} from 'node:net';
import type {TLSSocket} from 'node:tls';
import type {Logger} from 'pino';
import type {PeerPart, PeerStatus} from '../fallback/peers.ts';
import {startDeadline, under} from '../store/deadline.ts';
import {bindingOf, calleeProof, callProof, createNonce, isSameProof, type Session} from './proof.ts';
import {
  type AdoptCall,
  type Answer,
  type Hello,
  type HelloAnswer,
  maxBodyBytes,
  operations,
  paths,
  proofHeader,
  protocolVersion,
  sequenceHeader,
  toAnswer,
  toStatus,
  toStoreCall,
} from './protocol.ts';
import type {PeerTls} from './tls.ts';

export interface PeerServerOptions {
  readonly host: string;
  readonly port: number;
  readonly tls: PeerTls;
  readonly instance: string;
  readonly key: KeyObject;
  readonly part: PeerPart;
  /** How long its part in an operation may take; a caller may allow it less, and never more. */
  readonly deadlineMs: number;
  /** Hears who asks how this process is. */
  readonly onAsked?: (instance: string) => void;
  /** Hears how a peer says that it is; the peer waits for it. */
  readonly onTold?: (instance: string, status: PeerStatus) => Promise<void>;
  readonly log: Logger;
}

export interface PeerServer {
  readonly port: number;
  /** Serves new connections with a renewed certificate. */
  renew(): void;
  close(): Promise<void>;
}

/** What is known of one connection: who is at its other end, and how many of its calls have come. */
interface Known {
  readonly session: Session;
  lastSequence: number;
}

/**
 * The peer port: other processes of the service, and nobody else, ask here for this process' part in an operation. A call
 * counts only with a proof over the nonce that was given out in the same connection and a number that rises: none is taken
 * twice, and none out of another connection.
 */
export async function startPeerServer(options: PeerServerOptions): Promise<PeerServer> {
  const {host, port, tls, log} = options;
  const server = createSecureServer({...tls.current(), requestCert: true, allowHTTP1: false});
  const open = new Set<ServerHttp2Session>();
  server.on('session', (session) => {
    open.add(session);
    session.on('close', () => open.delete(session));
    session.on('error', () => {});
    serve(session, options);
  });
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.on('tlsClientError', ({message}) => log.warn({reason: message}, 'refused a connection to the peer port'));
  server.listen(port, host);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    renew: () => server.setSecureContext(tls.current()),
    close: () => close(server, open, sockets),
  };
}

async function close(
  server: Http2SecureServer,
  open: ReadonlySet<ServerHttp2Session>,
  sockets: ReadonlySet<Socket>,
): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  for (const session of open) session.destroy();
  // Who is about to connect has no session yet, and would be waited for.
  for (const socket of sockets) socket.destroy();
  await closed;
}

function serve(session: ServerHttp2Session, options: PeerServerOptions): void {
  const {instance, key, log} = options;
  let known: Known | undefined;
  const refuse = (stream: ServerHttp2Stream, reason: string) => {
    log.warn({reason}, 'refused a call of a peer');
    if (!stream.closed) stream.respond({[constants.HTTP2_HEADER_STATUS]: 403}, {endStream: true});
  };
  const greet = (stream: ServerHttp2Stream, body: string) => {
    const hello = JSON.parse(body) as Hello;
    if (hello.version !== protocolVersion) return refuse(stream, `protocol version ${JSON.stringify(hello.version)}`);
    const nonce = createNonce();
    known = {
      session: {
        caller: String(hello.instance),
        callee: instance,
        callerNonce: String(hello.nonce),
        calleeNonce: nonce,
        binding: bindingOf(session.socket as TLSSocket),
      },
      lastSequence: 0,
    };
    const answer: HelloAnswer = {version: protocolVersion, instance, nonce, proof: calleeProof(key, known.session)};
    return respond(stream, answer);
  };
  const handle = async (stream: ServerHttp2Stream, headers: IncomingHttpHeaders): Promise<void> => {
    const path = String(headers[constants.HTTP2_HEADER_PATH]);
    const sequence = Number(headers[sequenceHeader] ?? 0);
    // Numbers come in the order in which the calls were begun: a lower one has been here before.
    const isNew = known !== undefined && Number.isSafeInteger(sequence) && sequence > known.lastSequence;
    const from = known;
    if (from !== undefined && isNew) from.lastSequence = sequence;
    const body = await readBody(stream);
    if (path === paths.hello) return greet(stream, body);
    if (from === undefined || !isNew) return refuse(stream, 'a number that has been here before, or no greeting');
    const expected = callProof(key, from.session, {sequence, path, body});
    if (!isSameProof(String(headers[proofHeader]), expected)) return refuse(stream, 'a proof that is not right');
    const gone = new AbortController();
    stream.once('close', () => gone.abort());
    respond(stream, await answer(path, body, from.session.caller, gone.signal, options));
  };
  session.on('stream', (stream, headers) => {
    stream.on('error', () => {});
    handle(stream, headers).catch((err) => refuse(stream, err instanceof Error ? err.message : String(err)));
  });
}

async function answer(
  path: string,
  body: string,
  caller: string,
  gone: AbortSignal,
  {part: {store, createHeld, adopt, status}, deadlineMs, onAsked, onTold, log}: PeerServerOptions,
): Promise<Answer | PeerStatus> {
  if (path === paths.status) {
    onAsked?.(caller);
    return status();
  }
  try {
    if (path === paths.told) {
      await onTold?.(caller, toStatus(JSON.parse(body)));
      return {};
    }
    if (path === paths.adopt) {
      await adopt((JSON.parse(body) as AdoptCall).holding);
      return {};
    }
    const operation = operations.find((each) => paths.store(each) === path);
    if (operation === undefined && path !== paths.createHeld) throw new Error(`nothing at ${path}`);
    const run = (operation === undefined ? createHeld : store[operation].bind(store)) as (
      ...args: readonly unknown[]
    ) => Promise<unknown>;
    const {args, leftMs = deadlineMs} = toStoreCall(body);
    return {outcome: await under(startDeadline(Math.min(deadlineMs, leftMs), gone), () => run(...args))};
  } catch (error) {
    const known = toAnswer(error);
    if (!(error instanceof Error && error.name === 'StoreError'))
      log.error({err: error, path}, 'a call of a peer failed');
    return known;
  }
}

function respond(stream: ServerHttp2Stream, body: object): void {
  if (stream.closed || stream.destroyed) return;
  stream.respond({[constants.HTTP2_HEADER_STATUS]: 200});
  stream.end(JSON.stringify(body));
}

async function readBody(stream: ServerHttp2Stream): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBodyBytes) throw new RangeError(`a body of more than ${maxBodyBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
