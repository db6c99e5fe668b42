import {once} from 'node:events';
import {type AddressInfo, createServer, type Socket} from 'node:net';
import {setImmediate as turn} from 'node:timers/promises';
import {expect, it, onTestFinished} from 'vitest';
import {startRedis} from '../../testing/redis-server.ts';
import {until} from '../../testing/until.ts';
import {connectRedis} from './connect.ts';

/** Speaks as much of a sentinel's protocol as is asked for here; only its first listener is answered. */
async function startSentinel(masterPort: number) {
  const listeners: Socket[] = [];
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', (data) => {
      for (const command of String(data)
        .split(/^\*\d+\r\n/m)
        .slice(1)) {
        const [name = '', about = ''] = command.split('\r\n').filter((_word, index) => index % 2 === 1);
        if (/^subscribe$/i.test(name)) {
          listeners.push(socket);
          if (listeners.length === 1) socket.write(`>3\r\n$9\r\nsubscribe\r\n$14\r\n+switch-master\r\n:1\r\n`);
        } else if (/^get-master/i.test(about))
          socket.write(`*2\r\n$9\r\n127.0.0.1\r\n$${String(masterPort).length}\r\n${masterPort}\r\n`);
        else if (/^sentinels$/i.test(about)) socket.write('*0\r\n');
        else socket.write(/^hello$/i.test(name) ? '%1\r\n$5\r\nproto\r\n:3\r\n' : '+OK\r\n');
      }
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of listeners) socket.destroy();
    server.close();
  });
  return {port: (server.address() as AddressInfo).port, listeners};
}

it('a subscription that is lost before its answer ends no process', async () => {
  await using master = await startRedis();
  const sentinel = await startSentinel(Number(new URL(master.url).port));
  const unhandled: unknown[] = [];
  const note = (reason: unknown) => unhandled.push(reason);
  process.on('unhandledRejection', note);
  onTestFinished(() => void process.off('unhandledRejection', note));
  const redis = connectRedis({
    target: {kind: 'sentinel', sentinels: [{host: '127.0.0.1', port: sentinel.port}], masterName: 'otp'},
    tls: false,
    credentials: () => ({}),
    timeoutMs: 2000,
    onDown() {},
    onUp() {},
  });
  await until('the first listener', () => sentinel.listeners.length === 1);
  // Not before its answer has been read.
  sentinel.listeners[0]?.end();
  await until('the listener again', () => sentinel.listeners.length === 2, 10_000);
  const [, again] = sentinel.listeners;
  if (again === undefined) throw new Error('nobody listens');
  redis.disconnect();
  await once(again, 'close');
  // The other end of that connection is in this process: it hears of the same in one of the next turns.
  for (let count = 0; count < 50; count++) await turn();
  expect(unhandled).toEqual([]);
});
