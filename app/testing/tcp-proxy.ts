import {once} from 'node:events';
import {type AddressInfo, connect, createServer, type Socket} from 'node:net';

/** Stands between a client and a server on loopback, and can be cut. */
export interface TcpProxy {
  readonly port: number;
  /** Ends all connections and takes no more. */
  cut(): void;
  /** Leaves all connections open and passes nothing on: both ways, or only what the server answers. */
  silence(what?: 'both' | 'answers'): void;
  /** Passes everything on, also what has come meanwhile. */
  mend(): void;
  /** Connections that clients have opened. */
  readonly opened: number;
  [Symbol.dispose](): void;
}

export async function startTcpProxy(targetPort: number): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  const pairs = new Set<readonly [client: Socket, target: Socket]>();
  let isCut = false;
  let silent: 'nothing' | 'both' | 'answers' = 'nothing';
  let opened = 0;
  const join = ([client, target]: readonly [Socket, Socket]) => {
    // A second pipe beside the first would pass everything on twice.
    client.unpipe(target);
    target.unpipe(client);
    if (silent !== 'both') client.pipe(target);
    if (silent === 'nothing') target.pipe(client);
  };
  const server = createServer((client) => {
    opened++;
    if (isCut) {
      client.destroy();
      return;
    }
    const target = connect(targetPort, '127.0.0.1');
    for (const socket of [client, target]) {
      sockets.add(socket);
      socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    }
    const pair = [client, target] as const;
    pairs.add(pair);
    join(pair);
    client.on('close', () => target.destroy());
    target.on('close', () => {
      client.destroy();
      pairs.delete(pair);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const breakAll = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    cut() {
      isCut = true;
      breakAll();
    },
    silence(what = 'both') {
      silent = what;
      pairs.forEach(join);
    },
    mend() {
      isCut = false;
      silent = 'nothing';
      pairs.forEach(join);
    },
    get opened() {
      return opened;
    },
    [Symbol.dispose]() {
      breakAll();
      server.close();
    },
  };
}
