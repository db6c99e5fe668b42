import {once} from 'node:events';
import {connect, createServer, type Socket} from 'node:net';
import type {Address} from './address.ts';
import {freePort} from './free-port.ts';
import {owning} from './owned.ts';
import {type Link, startToxiproxy} from './toxiproxy.ts';

/**
 * Between the processes of a lab as a network is between machines: every pair of them has a link of its own that can be cut, silenced
 * or slowed. All of them share one machine, so each is told from the others by the address of loopback that it connects *from*
 * (`bind-source-addr` of Redis and sentinels, `source-address.ts` in the service). Whoever uses real ports is outside of it.
 */
export interface Network extends AsyncDisposable {
  /** Gives what listens on a port of 127.0.0.1 an address in the network. */
  publish(name: string, port: number): Promise<Address>;
  /** The address that `name` has to connect from. */
  sourceAddressOf(name: string): string;
  /** From one to another, by name; answers come back the same way. */
  link(from: string, to: string): Promise<Link>;
}

/** Who connects from an address that belongs to nobody. */
const OUTSIDE = 'outside';

export function startNetwork(logFile: string): Promise<Network> {
  return owning(async (owned) => {
    const toxiproxy = owned.use(await startToxiproxy(logFile));
    const names = new Map<string, string>();
    const ports = new Map<string, number>();
    const links = new Map<string, Promise<Link>>();

    const sourceAddressOf = (name: string) => {
      const known = [...names].find(([, owner]) => owner === name)?.[0];
      if (known !== undefined) return known;
      // 127.0.0.0/8 is loopback as a whole on Linux.
      const address = `127.0.77.${names.size + 1}`;
      names.set(address, name);
      return address;
    };
    const link = (from: string, to: string) => {
      const name = `${from}-${to}`;
      const port = ports.get(to);
      if (port === undefined) throw new Error(`there is no '${to}' in the network; there are: ${[...ports.keys()]}`);
      const opened = links.get(name) ?? toxiproxy.link(name, port);
      links.set(name, opened);
      return opened;
    };
    const publish = async (name: string, port: number) => {
      ports.set(name, port);
      const address = {host: '127.0.0.1', port: await freePort()};
      const sockets = new Set<Socket>();
      const server = createServer((socket) => {
        sockets.add(socket);
        socket.once('close', () => sockets.delete(socket));
        const from = names.get(socket.remoteAddress ?? '') ?? OUTSIDE;
        link(from, name).then(
          (way) => forward(socket, way.port),
          () => socket.destroy(),
        );
      });
      server.listen(address.port, address.host);
      await once(server, 'listening');
      owned.defer(async () => {
        for (const socket of sockets) socket.destroy();
        server.close();
        await once(server, 'close');
      });
      return address;
    };
    return {publish, sourceAddressOf, link};
  });
}

function forward(socket: Socket, port: number): void {
  const onward = connect({host: '127.0.0.1', port, noDelay: true});
  socket.setNoDelay(true);
  for (const [one, other] of [
    [socket, onward],
    [onward, socket],
  ] as const) {
    one.pipe(other);
    // Not reset: a socket that is reset while it is being ended is never closed, and keeps Node (24) from exiting.
    one.on('error', () => other.destroy());
    one.on('close', () => other.destroy());
  }
}
