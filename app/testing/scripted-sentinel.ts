import {once} from 'node:events';
import {type AddressInfo, createServer, type Socket} from 'node:net';

/** The far side of a connection through sentinels: speaks as much of a sentinel's protocol as it takes to say the wrong thing. */
export interface ScriptedSentinel extends Disposable {
  readonly endpoint: {readonly host: string; readonly port: number};
  /** How often it was asked for the master. */
  readonly asked: number;
  /** Who has subscribed, in order. */
  readonly listeners: readonly Socket[];
  /** Tells all of them of another master. */
  tell(message: string): void;
}

export interface SentinelScript {
  /** The port of the master that it names when it is asked for the nth time; undefined: it says nothing. */
  readonly names: (asked: number) => number | undefined;
  /** Whether the nth subscription is answered. @default each is */
  readonly answers?: (subscriptions: number) => boolean;
}

export async function startScriptedSentinel({names, answers = () => true}: SentinelScript): Promise<ScriptedSentinel> {
  let asked = 0;
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
          if (answers(listeners.length)) socket.write('>3\r\n$9\r\nsubscribe\r\n$14\r\n+switch-master\r\n:1\r\n');
        } else if (/^get-master/i.test(about)) {
          const named = names(++asked);
          if (named === undefined) continue;
          const port = String(named);
          socket.write(`*2\r\n$9\r\n127.0.0.1\r\n$${port.length}\r\n${port}\r\n`);
        } else if (/^sentinels$/i.test(about)) socket.write('*0\r\n');
        else socket.write(/^hello$/i.test(name) ? '%1\r\n$5\r\nproto\r\n:3\r\n' : '+OK\r\n');
      }
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: {host: '127.0.0.1', port: (server.address() as AddressInfo).port},
    get asked() {
      return asked;
    },
    listeners,
    tell(message) {
      for (const socket of listeners)
        socket.write(`>3\r\n$7\r\nmessage\r\n$14\r\n+switch-master\r\n$${message.length}\r\n${message}\r\n`);
    },
    [Symbol.dispose]() {
      for (const socket of listeners) socket.destroy();
      server.close();
    },
  };
}
