import {once} from 'node:events';
import {Agent, createServer, type IncomingMessage, request, type ServerResponse} from 'node:http';
import {owning} from './owned.ts';
import type {ServiceInstance} from './service-instance.ts';

/** What stands in front of the instances: takes each in turn, and none that is not ready. */
export interface Balancer extends AsyncDisposable {
  readonly baseUrl: string;
}

// As often as a probe looks, and what it grants.
const LOOK_MS = 200;
const LOOK_TIMEOUT_MS = 2_000;
// A thousand users who call at the moment of a fault: with Node's 511 the system drops some, who try again after 1, 3 and 7 s.
const BACKLOG = 4_096;
// Node accepts one connection in each turn of its loop: of a thousand new ones the last would wait for seconds. So does no ingress.
const CONNECTIONS_PER_INSTANCE = 256;
// Shorter than an instance keeps an idle connection: it must not close one that is about to be used.
const IDLE_MS = 20_000;

export function startBalancer(instances: readonly ServiceInstance[]): Promise<Balancer> {
  return owning(async (owned) => {
    const agent = new Agent({keepAlive: true, maxSockets: CONNECTIONS_PER_INSTANCE, timeout: IDLE_MS});
    owned.defer(() => agent.destroy());
    const rotation = watchReadiness(instances, owned);
    const server = createServer((incoming, outgoing) => void pass(incoming, outgoing, rotation, agent));
    // Longer than any client keeps an idle connection: who closes first must not be the one that is about to be asked.
    server.keepAliveTimeout = 65_000;
    server.listen({port: 0, host: '127.0.0.1', backlog: BACKLOG});
    await once(server, 'listening');
    owned.defer(async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    });
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    return {baseUrl: `http://127.0.0.1:${address.port}`};
  });
}

interface Rotation {
  /** Those that are ready, the one whose turn it is first. */
  next(): ServiceInstance[];
  takeOut(instance: ServiceInstance): void;
}

function watchReadiness(instances: readonly ServiceInstance[], owned: AsyncDisposableStack): Rotation {
  const ready = new Set(instances);
  let turn = 0;
  for (const instance of instances) {
    let looking = false;
    const timer = setInterval(async () => {
      if (looking) return;
      looking = true;
      if (await instance.isReady(LOOK_TIMEOUT_MS)) ready.add(instance);
      else ready.delete(instance);
      looking = false;
    }, LOOK_MS);
    owned.defer(() => clearInterval(timer));
  }
  return {
    next() {
      turn++;
      const available = instances.filter((instance) => ready.has(instance));
      return available
        .map((_, position) => available[(turn + position) % available.length])
        .filter((one) => one !== undefined);
    },
    takeOut: (instance) => void ready.delete(instance),
  };
}

/** A request that never reached an instance goes to the next; one that was lost on the way is answered 502: nobody knows what became of it. */
async function pass(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  rotation: Rotation,
  agent: Agent,
): Promise<void> {
  const body = Buffer.concat(await incoming.toArray());
  for (const instance of rotation.next()) {
    const outcome = await forward(incoming, body, instance, agent, outgoing);
    if (outcome === 'answered') return;
    if (outcome === 'lost') return refuse(outgoing, 502, 'bad_gateway');
    rotation.takeOut(instance);
  }
  refuse(outgoing, 503, 'no_instance_ready');
}

function forward(
  incoming: IncomingMessage,
  body: Buffer,
  instance: ServiceInstance,
  agent: Agent,
  outgoing: ServerResponse,
): Promise<'answered' | 'refused' | 'lost'> {
  return new Promise((resolve) => {
    const {method = 'GET', url = '/', headers} = incoming;
    const onward = request({host: '127.0.0.1', port: instance.port, method, path: url, headers, agent}, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
      answer.on('error', () => outgoing.destroy());
      answer.on('close', () => resolve('answered'));
    });
    onward.on('error', (error) => {
      resolve('code' in error && error.code === 'ECONNREFUSED' ? 'refused' : 'lost');
    });
    onward.end(body);
  });
}

function refuse(outgoing: ServerResponse, status: number, code: string): void {
  if (outgoing.headersSent) return void outgoing.destroy();
  outgoing.writeHead(status, {'content-type': 'application/problem+json'});
  outgoing.end(JSON.stringify({status, code}));
}
