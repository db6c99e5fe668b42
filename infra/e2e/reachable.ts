import {PassThrough} from 'node:stream';
import {text} from 'node:stream/consumers';
import {Exec} from '@kubernetes/client-node';
import type {Cluster} from '../cluster/connect.ts';

export interface From {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}

// 3 s: policies drop packets, so a connection that is not allowed never fails by itself.
const program = `const [host, port] = process.argv.slice(1);
const socket = require('node:net').connect(port, host);
const say = (word) => { console.log(word); process.exit(); };
socket.on('connect', () => say('open')); socket.on('error', (error) => say(error.code)); setTimeout(() => say('closed'), 3000);`;

/** Whether a pod (with node in it) can open a connection: 'open', 'closed' (no answer), or the error's code. */
export async function reachable({config}: Cluster, from: From, host: string, port: number): Promise<string> {
  const out = new PassThrough();
  const {promise, resolve} = Promise.withResolvers<void>();
  const command = ['node', '-e', program, host, String(port)];
  await new Exec(config).exec(from.namespace, from.pod, from.container, command, out, null, null, false, () =>
    resolve(),
  );
  const said = text(out);
  await promise;
  out.end();
  return (await said).trim();
}
