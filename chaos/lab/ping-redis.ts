import {connect} from 'node:net';

/** What became of a PING: answered, the connection refused or lost, or no answer in time. */
export type Ping = 'answered' | 'refused' | 'silent';

/** Asks a Redis for a sign of life over a connection of its own. Anything but PONG (it is loading, say) counts as silent. */
export function pingRedis(port: number, timeoutMs: number): Promise<Ping> {
  return new Promise((resolve) => {
    const socket = connect({host: '127.0.0.1', port});
    const settle = (ping: Ping) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(ping);
    };
    // Where it is this process that was kept waiting, what has come meanwhile is heard first.
    const timer = setTimeout(() => setImmediate(settle, 'silent'), timeoutMs);
    socket.on('connect', () => {
      socket.write('PING\r\n');
      timer.refresh();
    });
    socket.on('data', (data) => settle(data.toString().startsWith('+PONG') ? 'answered' : 'silent'));
    socket.on('error', () => settle('refused'));
    socket.on('end', () => settle('refused'));
  });
}
