import {createSecretKey, type KeyObject, randomBytes} from 'node:crypto';
import {pino} from 'pino';
import type {BudgetTimings} from '../domain/failure-budget.ts';
import {createInstance} from '../domain/verification-id.ts';
import {type Fallback, openFallback} from '../fallback/open-fallback.ts';
import type {Peers} from '../fallback/peers.ts';
import {PeerDirectory} from '../peers/peer-directory.ts';
import {type PeerServer, startPeerServer} from '../peers/peer-server.ts';
import {peerKeyOf} from '../peers/proof.ts';
import type {PeerTls} from '../peers/tls.ts';
import {type RedisServers, singleServer} from '../store/redis/servers.ts';
import {RedisHandover} from '../store/redis-handover.ts';
import {RedisStore} from '../store/redis-store.ts';
import {createCertificate, type TestCertificate} from './certificates.ts';
import {connectTo} from './redis-connection.ts';
import {startTcpProxy, type TcpProxy} from './tcp-proxy.ts';
import {until} from './until.ts';

/** One process' worth of fallback, without HTTP: its own way to Redis, its own peer port. */
export interface FallbackNode {
  readonly instance: string;
  readonly fallback: Fallback;
  readonly server: PeerServer;
  readonly peers: Peers;
  /** Its way to Redis. */
  readonly link: TcpProxy;
  /** When its last probe began that has reached Redis, by `performance.now()`. */
  readonly reachedAt: number;
  /** Ends without a word, as a process that is killed. */
  kill(): Promise<void>;
}

export interface NodeOptions {
  readonly redisPort: number;
  /** The servers of its store. @default the one at `redisPort`, over `link` */
  readonly servers?: RedisServers;
  /** Where peers are, `host:port`; each node that starts adds itself. */
  readonly addresses: Set<string>;
  readonly key?: KeyObject;
  readonly timings?: BudgetTimings;
  /** Whether what was created under another lineage of Redis is lost. @default false */
  readonly fenced?: boolean;
  /** @default any free one */
  readonly port?: number;
  /** Whether its way to Redis is cut from the start. @default false */
  readonly isCutOff?: boolean;
  /** The time between two looks at its peers. @default 5000 */
  readonly lookEveryMs?: number;
  /** How long an operation may take. @default 20,000: on a busy machine too, nothing that is there counts as away */
  readonly deadlineMs?: number;
  /** How long its store may take for an answer. @default as long as any test waits for one */
  readonly storeTimeoutMs?: number;
  /** How long an operation waits for a recipient that is on its way. @default as in the service */
  readonly patienceMs?: number;
}

const sharedKey = createSecretKey(randomBytes(32));
const serverName = 'peers.test';
let sharedCertificate: Promise<TestCertificate> | undefined;

/** Starts a node, which `resources` end; resolves when it has reached its store, unless it is cut off from it. */
export async function startNode(
  {
    redisPort,
    servers: given,
    addresses,
    key = sharedKey,
    timings,
    fenced = false,
    port = 0,
    isCutOff = false,
    lookEveryMs = 5000,
    deadlineMs = 20_000,
    storeTimeoutMs,
    patienceMs,
  }: NodeOptions,
  resources: AsyncDisposableStack,
): Promise<FallbackNode> {
  const instance = createInstance();
  sharedCertificate ??= createCertificate(serverName);
  const certificate = await sharedCertificate;
  const link = await startTcpProxy(redisPort);
  if (isCutOff) link.cut();
  const redis = connectTo(
    `redis://127.0.0.1:${link.port}`,
    storeTimeoutMs === undefined ? {} : {timeoutMs: storeTimeoutMs},
  );
  const servers = given ?? singleServer(redis);
  const options = {servers, fenced, ...(timings === undefined ? {} : {timings})};
  const log = pino({level: 'silent'});
  const tls: PeerTls = {serverName, current: () => ({...certificate, minVersion: 'TLSv1.3'})};
  const common = {tls, instance, key: peerKeyOf(key), log};
  const directory = new PeerDirectory({...common, resolve: async () => [...addresses], lookEveryMs});
  const handover = new RedisHandover(options);
  const probe = handover.probe.bind(handover);
  let reachedAt = Number.NEGATIVE_INFINITY;
  handover.probe = async (partition) => {
    const beganAt = performance.now();
    await probe(partition);
    reachedAt = beganAt;
  };
  const fallback = openFallback({
    instance,
    shared: new RedisStore(options),
    handover,
    peers: directory,
    deadlineMs,
    probeEveryMs: 100,
    tellMs: deadlineMs,
    ...(patienceMs === undefined ? {} : {patienceMs}),
    ...(timings === undefined ? {} : {timings}),
    log,
  });
  const server = await startPeerServer({
    ...common,
    host: '127.0.0.1',
    port,
    part: fallback.part,
    deadlineMs,
    onAsked: (peer) => void directory.meet(peer),
    onTold: (peer, status) => directory.hear(peer, status),
  });
  addresses.add(`127.0.0.1:${server.port}`);
  void directory.start();
  if (!isCutOff) await until('the store', () => reachedAt > Number.NEGATIVE_INFINITY);
  let ended = false;
  const kill = async () => {
    if (ended) return;
    ended = true;
    await directory.stop();
    await server.close();
    redis.disconnect();
    link[Symbol.dispose]();
  };
  resources.defer(async () => {
    await kill();
    await fallback.stop(0);
  });
  return {
    instance,
    fallback,
    server,
    peers: directory,
    link,
    get reachedAt() {
      return reachedAt;
    },
    kill,
  };
}
