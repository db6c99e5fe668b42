import type {Cluster} from '../cluster/connect.ts';
import {type ContainerName, execIn} from './exec.ts';

// 3 s: policies drop packets, so a connection that is not allowed never fails by itself.
const program = `const [host, port] = process.argv.slice(1);
const socket = require('node:net').connect(port, host);
const say = (word) => { console.log(word); process.exit(); };
socket.on('connect', () => say('open')); socket.on('error', (error) => say(error.code)); setTimeout(() => say('closed'), 3000);`;

/** Whether a pod (with node in it) can open a connection: 'open', 'closed' (no answer), or the error's code. */
export function reachable(cluster: Cluster, from: ContainerName, host: string, port: number): Promise<string> {
  return execIn(cluster, from, ['node', '-e', program, host, String(port)]);
}
