import type {KeyObject} from 'node:crypto';
import {once} from 'node:events';
import {type ClientHttp2Session, type ClientHttp2Stream, connect, constants} from 'node:http2';
import type {TLSSocket} from 'node:tls';
import {StoreError} from '../store/store.ts';
import {bindingOf, calleeProof, callProof, createNonce, isSameProof, type Session} from './proof.ts';
import {type Hello, type HelloAnswer, paths, proofHeader, protocolVersion, sequenceHeader} from './protocol.ts';
import type {PeerTls} from './tls.ts';

export interface PeerConnectionOptions {
  /** `host:port`, the host as an IP address. */
  readonly address: string;
  readonly tls: PeerTls;
  readonly instance: string;
  readonly key: KeyObject;
  readonly timeoutMs: number;
}

/** A connection to a process that has proved which instance it is. */
export interface PeerConnection {
  /** Who is at the other end. */
  readonly instance: string;
  readonly isOpen: boolean;
  /** Rejects with `StoreError`: `not_executed` if the other side has certainly done nothing. */
  call(path: string, body: object, deadlineMs: number): Promise<unknown>;
  close(): void;
}

/** Opens a connection. Rejects if nobody is there, or if whoever is there does not prove to belong to this service. */
export async function connectPeer({
  address,
  tls,
  instance,
  key,
  timeoutMs,
}: PeerConnectionOptions): Promise<PeerConnection> {
  const client = connect(`https://${address}`, {
    ...tls.current(),
    servername: tls.serverName,
    rejectUnauthorized: true,
    ALPNProtocols: ['h2'],
  });
  client.on('error', () => {
    // Whoever waits for an answer hears of it; the connection is closed.
  });
  try {
    await once(client, 'connect', {signal: AbortSignal.timeout(timeoutMs)});
    const nonce = createNonce();
    const hello: Hello = {version: protocolVersion, instance, nonce};
    const answer = (await post(client, paths.hello, JSON.stringify(hello), {}, timeoutMs)) as HelloAnswer;
    const session: Session = {
      caller: instance,
      callee: String(answer.instance),
      callerNonce: nonce,
      calleeNonce: String(answer.nonce),
      binding: bindingOf(client.socket as TLSSocket),
    };
    if (!isSameProof(String(answer.proof), calleeProof(key, session)))
      throw new Error('it does not prove to be of this service');
    return proven(client, session, key);
  } catch (error) {
    client.destroy();
    throw error;
  }
}

function proven(client: ClientHttp2Session, session: Session, key: KeyObject): PeerConnection {
  let sequence = 0;
  return {
    instance: session.callee,
    get isOpen() {
      return !client.closed && !client.destroyed;
    },
    async call(path, content, deadlineMs) {
      const body = JSON.stringify(content);
      sequence++;
      const proof = callProof(key, session, {sequence, path, body});
      return post(client, path, body, {[sequenceHeader]: String(sequence), [proofHeader]: proof}, deadlineMs);
    },
    close: () => client.destroy(),
  };
}

/** Rejects with `StoreError`. */
async function post(
  client: ClientHttp2Session,
  path: string,
  body: string,
  headers: Record<string, string>,
  deadlineMs: number,
): Promise<unknown> {
  if (client.closed || client.destroyed || deadlineMs <= 0)
    throw new StoreError('not_executed', 'there is no connection to the peer, or no time left');
  const stream = open(client, path, headers);
  const late = setTimeout(() => stream.close(constants.NGHTTP2_CANCEL), deadlineMs);
  let status: number | undefined;
  stream.on('response', (answered) => {
    status = Number(answered[constants.HTTP2_HEADER_STATUS]);
  });
  try {
    stream.end(body);
    const text = await readAll(stream);
    if (status === undefined) throw new Error('no answer');
    // Whoever refuses a call has not looked at what it asks for.
    if (status !== 200) throw new StoreError('not_executed', `the peer refused the call (${status})`);
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof StoreError) throw error;
    throw new StoreError('unknown', `no answer of the peer: ${error instanceof Error ? error.message : error}`, error);
  } finally {
    clearTimeout(late);
  }
}

function open(client: ClientHttp2Session, path: string, headers: Record<string, string>): ClientHttp2Stream {
  try {
    return client.request({
      [constants.HTTP2_HEADER_METHOD]: 'POST',
      [constants.HTTP2_HEADER_PATH]: path,
      ...headers,
    });
  } catch (error) {
    // The other side has said that it takes no more calls over this connection.
    const reason = error instanceof Error ? error.message : String(error);
    throw new StoreError('not_executed', `the call was not begun: ${reason}`, error);
  }
}

async function readAll(stream: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
