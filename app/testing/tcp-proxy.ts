import {once} from 'node:events';
import {type AddressInfo, connect, createServer, type Socket} from 'node:net';

/** Stands between a client and a server on loopback, and can be cut. */
export interface TcpProxy {
  readonly port: number;
  /** Ends all connections and takes no more. */
  cut(): void;
  mend(): void;
  /** Connections that clients have opened. */
  readonly opened: number;
  [Symbol.dispose](): void;
}

export async function startTcpProxy(targetPort: number): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  let isCut = false;
  let opened = 0;
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
    client.pipe(target).pipe(client);
    client.on('close', () => target.destroy());
    target.on('close', () => client.destroy());
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
    mend() {
      isCut = false;
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
