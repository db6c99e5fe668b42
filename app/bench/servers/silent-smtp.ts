import {once} from 'node:events';
import type {AddressInfo} from 'node:net';
import {createServer, type Socket} from 'node:net';

/**
 * A mail server that takes connections and says nothing, as one does that hangs. The service's worker fills up with the
 * messages that it waits for (some hundred) and takes no more, so that what is measured is the API without delivery:
 * floor and bare deliver nothing either.
 */
export async function startSilentSmtp(): Promise<{port: number; [Symbol.asyncDispose](): Promise<void>}> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {
      // The service gives up on a connection.
    });
    socket.on('close', () => sockets.delete(socket));
    socket.resume();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
