import {createSecretKey, randomBytes} from 'node:crypto';
import {once} from 'node:events';
import {type ClientHttp2Session, connect} from 'node:http2';
import {connect as connectTcp} from 'node:net';
import {connect as connectTls, type TLSSocket} from 'node:tls';
import {pino} from 'pino';
import {afterAll, afterEach, beforeAll, describe, expect, it} from 'vitest';
import {createInstance} from '../domain/verification-id.ts';
import {limits, noWaits, right, type StoreUnderTest, verification} from '../store/contract/support.ts';
import {MemoryOutbox} from '../store/memory-outbox.ts';
import {MemoryQueue} from '../store/memory-queue.ts';
import {MemoryStore} from '../store/memory-store.ts';
import {retrying} from '../store/retrying-store.ts';
import {storeContract} from '../store/store.contract.ts';
import {type Store, StoreError} from '../store/store.ts';
import {createAddressBook} from '../testing/addresses.ts';
import {createCertificate, type TestCertificate} from '../testing/certificates.ts';
import {startTcpProxy} from '../testing/tcp-proxy.ts';
import {until} from '../testing/until.ts';
import {connectPeer, type PeerConnection} from './peer-connection.ts';
import {PeerDirectory} from './peer-directory.ts';
import {type PeerServer, startPeerServer} from './peer-server.ts';
import {peerStore} from './peer-store.ts';
import {bindingOf, callProof, createNonce, peerKeyOf, type Session} from './proof.ts';
import {type HelloAnswer, paths, proofHeader, protocolVersion, sequenceHeader} from './protocol.ts';
import type {PeerTls} from './tls.ts';

const log = pino({level: 'silent'});
const secret = createSecretKey(randomBytes(32));
const key = peerKeyOf(secret);
const caller = createInstance();
let certificate: TestCertificate;
let stranger: TestCertificate;
/** What the server runs its calls on. */
let served: Store;
const resources = new AsyncDisposableStack();

const tlsOf = (shown: Pick<TestCertificate, 'cert' | 'key'>, ca = certificate.ca): PeerTls => ({
  serverName: 'peers.test',
  current: () => ({cert: shown.cert, key: shown.key, ca, minVersion: 'TLSv1.3'}),
});

async function serve(
  changes: {deadlineMs?: number; instance?: string; port?: number; secret?: typeof secret; tls?: PeerTls} = {},
) {
  const instance = changes.instance ?? createInstance();
  const server = await startPeerServer({
    host: '127.0.0.1',
    port: changes.port ?? 0,
    tls: changes.tls ?? tlsOf(certificate),
    instance,
    key: peerKeyOf(changes.secret ?? secret),
    part: {
      store: new Proxy({} as Store, {get: (_target, name) => served[name as keyof Store].bind(served)}),
      createHeld: async () => ({kind: 'elsewhere'}),
      adopt: async () => {},
      status: () => ({reachesStore: true, stopping: false, holds: false, holdsCopies: false, holdsPeerCopies: false}),
    },
    deadlineMs: changes.deadlineMs ?? 60_000,
    log,
  });
  let closed = false;
  const close = async () => {
    if (!closed) await server.close();
    closed = true;
  };
  resources.defer(close);
  return {...server, instance, close};
}

const open: PeerConnection[] = [];
async function meet({port}: Pick<PeerServer, 'port'>, changes: {tls?: PeerTls; secret?: typeof secret} = {}) {
  const connection = await connectPeer({
    address: `127.0.0.1:${port}`,
    tls: changes.tls ?? tlsOf(certificate),
    instance: caller,
    key: peerKeyOf(changes.secret ?? secret),
    timeoutMs: 5000,
  });
  open.push(connection);
  return connection;
}

/** So patient that nobody counts as away who is only slow. */
function directoryOf(addresses: () => readonly string[], lookEveryMs = 1000) {
  const directory = new PeerDirectory({
    resolve: async () => addresses(),
    tls: tlsOf(certificate),
    instance: caller,
    key,
    log,
    lookEveryMs,
  });
  void directory.start();
  resources.defer(() => directory.stop());
  return directory;
}

let server: Awaited<ReturnType<typeof serve>>;
beforeAll(async () => {
  certificate = await createCertificate('peers.test');
  stranger = await createCertificate('peers.test');
  server = await serve();
});
afterEach(() => {
  for (const connection of open.splice(0)) connection.close();
});
afterAll(() => resources.disposeAsync());

function memory(timings = noWaits): StoreUnderTest {
  let now = 1_800_000_000_000;
  const clock = () => now;
  const queue = new MemoryQueue();
  const store = new MemoryStore({enqueue: (message) => queue.push(message), now: clock, timings});
  return {
    store,
    outbox: new MemoryOutbox({queue, store, now: clock}),
    async pass(ms) {
      now += ms;
    },
    ...createAddressBook(),
  };
}

describe('a store behind the peer port', () => {
  let connection: PeerConnection | undefined;
  const lasting = {
    async call(...args: Parameters<PeerConnection['call']>) {
      connection ??= await connectPeer({
        address: `127.0.0.1:${server.port}`,
        tls: tlsOf(certificate),
        instance: caller,
        key,
        timeoutMs: 5000,
      });
      return connection.call(...args);
    },
  };
  afterAll(() => connection?.close());

  storeContract((timings) => {
    const under = memory(timings);
    served = under.store;
    return {...under, store: peerStore(lasting, 10_000)};
  });
});

/** A connection whose calls a test writes itself. */
async function raw(to: Pick<PeerServer, 'port'>) {
  const client = connect(`https://127.0.0.1:${to.port}`, {...tlsOf(certificate).current(), servername: 'peers.test'});
  resources.defer(() => client.destroy());
  await once(client, 'connect');
  const callerNonce = createNonce();
  const hello = await send(
    client,
    paths.hello,
    JSON.stringify({version: protocolVersion, instance: caller, nonce: callerNonce}),
  );
  const {instance: callee, nonce: calleeNonce} = JSON.parse(hello.body) as HelloAnswer;
  const session: Session = {caller, callee, callerNonce, calleeNonce, binding: bindingOf(client.socket as TLSSocket)};
  return {client, session};
}

async function send(client: ClientHttp2Session, path: string, body: string, headers: Record<string, string> = {}) {
  const stream = client.request({':method': 'POST', ':path': path, ...headers});
  let status = 0;
  stream.on('response', (answer) => {
    status = Number(answer[':status']);
  });
  stream.end(body);
  let text = '';
  for await (const chunk of stream) text += chunk;
  return {status, body: text};
}

describe('the peer port', () => {
  it('takes a call once: again in its connection or in another one it is refused, and nothing is done', async () => {
    const {store, address} = memory();
    served = store;
    const where = address('ada');
    await store.create(where, verification());
    const {client, session} = await raw(server);
    const path = paths.store('check');
    const body = JSON.stringify({args: [where, {mac: 'wrong'}, limits]});
    const call = {sequence: 1, path, body};
    const headers = {[sequenceHeader]: '1', [proofHeader]: callProof(key, session, call)};
    expect((await send(client, path, body, headers)).body).toContain('"incorrect"');
    expect((await send(client, path, body, headers)).status).toBe(403);
    expect((await send(client, path, body, {...headers, [sequenceHeader]: '2'})).status).toBe(403);
    const other = await raw(server);
    expect((await send(other.client, path, body, headers)).status).toBe(403);
    expect(await store.read(where)).toMatchObject({snapshot: {failedChecks: 1}});
  });

  it('takes no call whose content was changed on the way, none without a greeting, and none of a stranger to the service', async () => {
    const {store, address} = memory();
    served = store;
    const where = address('ada');
    await store.create(where, verification());
    const {client, session} = await raw(server);
    const path = paths.store('check');
    const body = JSON.stringify({args: [where, right, limits]});
    const proof = callProof(key, session, {sequence: 1, path, body: body.replace('check', 'read')});
    const headers = {[sequenceHeader]: '1', [proofHeader]: proof};
    expect((await send(client, paths.store('cancel'), body, headers)).status).toBe(403);
    const strange = callProof(peerKeyOf(createSecretKey(randomBytes(32))), session, {sequence: 2, path, body});
    expect((await send(client, path, body, {[sequenceHeader]: '2', [proofHeader]: strange})).status).toBe(403);
    const silent = connect(`https://127.0.0.1:${server.port}`, {
      ...tlsOf(certificate).current(),
      servername: 'peers.test',
    });
    resources.defer(() => silent.destroy());
    expect((await send(silent, path, body, {...headers})).status).toBe(403);
    expect(await store.read(where)).toMatchObject({snapshot: {status: 'pending'}});
  });

  it('lets nobody in without a certificate of its authority', async () => {
    await expect(meet(server, {tls: tlsOf(stranger)})).rejects.toThrow();
    const socket = connectTls({
      port: server.port,
      host: '127.0.0.1',
      ca: certificate.ca,
      servername: 'peers.test',
      ALPNProtocols: ['h2'],
    });
    const [error] = await once(socket, 'error');
    expect(String(error)).toMatch(/certificate required|ECONNRESET|socket hang up/i);
  });

  it('lets go of who is about to connect when it closes, and waits for nobody', async () => {
    const closing = await serve();
    const socket = connectTcp(closing.port, '127.0.0.1');
    await once(socket, 'connect');
    const closed = once(socket, 'close');
    await closing.close();
    await closed;
  });
});

describe('the time that a caller has left', () => {
  const refusing = () => {
    const {store} = memory();
    let running: Promise<unknown> = Promise.resolve();
    const read = () => Promise.reject(new StoreError('not_executed', 'refused'));
    const retried = retrying({...store, read} as unknown as Store, {deadlineMs: 60_000});
    served = {
      read: (where) => {
        running = retried.read(where);
        return running;
      },
    } as Store;
    return () => running;
  };

  it('is all that the other side takes, which says by then what it has certainly not done', async () => {
    refusing();
    const connection = await meet(server);
    const asked = peerStore(connection, 1500).read(createAddressBook().address('ada'));
    await expect(asked).rejects.toMatchObject({effect: 'not_executed', message: expect.stringMatching(/^peer: /)});
  });

  it('is over when the caller has gone: nothing is tried again for nobody', async () => {
    const running = refusing();
    const connection = await meet(server);
    const before = running();
    const asked = peerStore(connection, 60_000).read(createAddressBook().address('ada'));
    asked.catch(() => {});
    await until('the call', () => running() !== before);
    connection.close();
    await expect(running()).rejects.toMatchObject({effect: 'not_executed'});
  });

  it('gives the other side no more than its own, and is none where the caller, of an earlier version, says nothing', async () => {
    refusing();
    const hurried = await serve({deadlineMs: 200});
    const {client, session} = await raw(hurried);
    const path = paths.store('read');
    const args = [createAddressBook().address('ada')];
    for (const [index, content] of [{args, leftMs: 1e12}, {args}].entries()) {
      const [sequence, body] = [index + 1, JSON.stringify(content)];
      const proof = callProof(key, session, {sequence, path, body});
      const answer = await send(client, path, body, {[sequenceHeader]: String(sequence), [proofHeader]: proof});
      expect(answer).toMatchObject({status: 200, body: expect.stringContaining('"not_executed"')});
    }
  });

  it.each(['-1', '1e999', '"soon"', 'null', '[5]'])(
    'is refused where it is no time, and nothing is done: %s',
    async (leftMs) => {
      const {store, address} = memory();
      served = store;
      const where = address('ada');
      await store.create(where, verification());
      const {client, session} = await raw(server);
      const path = paths.store('cancel');
      const body = `{"args":[${JSON.stringify(where)}],"leftMs":${leftMs}}`;
      const proof = callProof(key, session, {sequence: 1, path, body});
      const answer = await send(client, path, body, {[sequenceHeader]: '1', [proofHeader]: proof});
      expect(JSON.parse(answer.body)).toMatchObject({
        error: {effect: 'not_executed', message: expect.stringContaining('no time in milliseconds')},
      });
      expect(await store.read(where)).toMatchObject({snapshot: {status: 'pending'}});
    },
  );
});

describe('a caller', () => {
  it('does not believe who shows a certificate of another authority, or the right one without the service’s secret', async () => {
    const other = await serve({tls: tlsOf(stranger, certificate.ca)});
    await expect(meet(other)).rejects.toThrow(/certificate/);
    const impostor = await serve({secret: createSecretKey(randomBytes(32))});
    await expect(meet(impostor)).rejects.toThrow('it does not prove to be of this service');
  });

  it('says "unknown" of a call that is not answered in time, and "not executed" where there is nobody', async () => {
    const {store, address} = memory();
    served = {...store, read: () => new Promise(() => {})} as Store;
    const connection = await meet(server);
    await expect(peerStore(connection, 100).read(address('ada'))).rejects.toMatchObject({effect: 'unknown'});
    connection.close();
    await expect(peerStore(connection, 100).read(address('ada'))).rejects.toMatchObject({effect: 'not_executed'});
  });
});

describe('the directory of peers', () => {
  it('opens no connection for an instance that it does not know, and knows that it is gone once everybody was asked', async () => {
    using proxy = await startTcpProxy(server.port);
    const directory = directoryOf(() => [`127.0.0.1:${proxy.port}`]);
    await until('the peer', () => directory.ready().length === 1);
    const [known] = directory.ready();
    expect(proxy.opened).toBe(1);
    expect(directory.find(createInstance())).toBeUndefined();
    expect(await directory.isGone(createInstance())).toBe(true);
    expect(await directory.isGone(known?.instance ?? '')).toBe(false);
    expect(proxy.opened).toBe(1);
    proxy.cut();
    await until('the silence', () => directory.ready().length === 0);
    expect(await directory.isGone(createInstance())).toBe(false);
    expect(directory.find(known?.instance ?? '')).toBeDefined();
  });

  it('tells who is at an address now from who was there before', async () => {
    const [first, second] = [createInstance(), createInstance()];
    const before = await serve({instance: first});
    const directory = directoryOf(() => [`127.0.0.1:${before.port}`]);
    await until('the first', () => directory.find(first) !== undefined);
    await before.close();
    await serve({instance: second, port: before.port});
    await until('the second', () => directory.find(second) !== undefined);
    expect(directory.find(first)).toBeUndefined();
    expect(await directory.isGone(first)).toBe(true);
  });

  it('looks at once for one that asks or says how it is and is not known yet', async () => {
    const status = {reachesStore: false, stopping: false, holds: true, holdsCopies: false, holdsPeerCopies: true};
    const [told, asked] = [await serve(), await serve()];
    const addresses: string[] = [];
    const directory = directoryOf(() => addresses, 5_000);
    expect(await directory.isGone(told.instance)).toBe(true);
    addresses.push(`127.0.0.1:${told.port}`);
    await directory.hear(told.instance, status);
    expect(directory.ready()).toMatchObject([{instance: told.instance, holds: true, holdsPeerCopies: true}]);
    addresses.push(`127.0.0.1:${asked.port}`);
    await directory.meet(asked.instance);
    expect(directory.ready()).toHaveLength(2);
  });

  it('tells since when a peer has been ready without a break', async () => {
    using proxy = await startTcpProxy(server.port);
    const directory = directoryOf(() => [`127.0.0.1:${proxy.port}`]);
    const [first] = await until('the peer', () => directory.ready().length === 1 && directory.ready());
    await directory.isGone(createInstance());
    expect(directory.ready()[0]?.readyAt).toBe(first?.readyAt);
    const cutAt = performance.now();
    proxy.cut();
    await until('the silence', () => directory.ready().length === 0);
    proxy.mend();
    const [again] = await until('the peer again', () => directory.ready().length === 1 && directory.ready());
    expect(again?.readyAt).toBeGreaterThan(cutAt);
  });

  it('passes over whoever is at a listed address and does not belong to the service', async () => {
    const impostor = await serve({secret: createSecretKey(randomBytes(32)), instance: createInstance()});
    const directory = directoryOf(() => [`127.0.0.1:${impostor.port}`, `127.0.0.1:${server.port}`]);
    await until('the peer', () => directory.ready().length === 1);
    // One that nobody knows might be at the address that has proved nothing.
    expect(await directory.isGone(createInstance())).toBe(false);
    expect(directory.ready()).toHaveLength(1);
  });
});
