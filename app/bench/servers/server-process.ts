import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import {closeSync, ftruncateSync, openSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {setTimeout as delay} from 'node:timers/promises';
import {fileURLToPath} from 'node:url';
import {freePort} from '../../../chaos/lab/free-port.ts';
import {compileCacheOf, imageArguments} from '../../build/bundle.ts';
import type {Cores} from '../cores.ts';
import type {Installation} from '../installation.ts';
import {Connection, requestText} from '../load/connection.ts';

export type ServerName = 'service' | 'floor' | 'bare';

/** A server on the core that it has to itself. Its log goes to a file, as it would to a container's log. */
export interface ServerProcess {
  readonly name: ServerName;
  readonly pid: number;
  readonly port: number;
  /** From the start of the process to its first 201, in ms. */
  readonly coldStartMs: number;
  emptyLog(): void;
  /** SIGTERM, and SIGKILL to what has not ended `graceMs` later. */
  stop(graceMs?: number): Promise<void>;
}

export interface ServerOptions {
  readonly directory: string;
  readonly installation: Installation;
  readonly cores: Cores | undefined;
  /** The service's program; see `build/bundle.ts`. */
  readonly entry: string;
  /** For Node, such as `--cpu-prof`. */
  readonly nodeArguments?: readonly string[];
}

const referencePrograms = {
  floor: new URL('./floor.ts', import.meta.url),
  bare: new URL('./bare.ts', import.meta.url),
} as const;
const startLimitMs = 15_000;
const retryMs = 2;
let started = 0;

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Starts a server and waits until it has created a verification. */
export async function startServer(name: ServerName, options: ServerOptions): Promise<ServerProcess> {
  const {directory, installation, cores, entry, nodeArguments = []} = options;
  const port = await freePort();
  const logPath = join(directory, `${name}-${started++}.log`);
  const log = openSync(logPath, 'a');
  const program = name === 'service' ? [...imageArguments, entry] : [fileURLToPath(referencePrograms[name])];
  const command = [process.execPath, ...nodeArguments, ...program];
  const [executable = '', ...args] =
    cores === undefined ? command : ['taskset', '--cpu-list', cores.server, ...command];
  const startedAt = performance.now();
  const child = spawn(executable, args, {
    env: {
      PATH: process.env.PATH,
      ...(name === 'service'
        ? {...installation.environment, NODE_COMPILE_CACHE: compileCacheOf(entry)}
        : installation.reference),
      PORT: String(port),
      METRICS_PORT: String(await freePort()),
    },
    stdio: ['ignore', log, log],
  });
  running.add(child);
  const exited = once(child, 'exit').finally(() => running.delete(child));
  const stop = async (graceMs = 0) => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill(graceMs > 0 ? 'SIGTERM' : 'SIGKILL');
      const killing = setTimeout(() => child.kill('SIGKILL'), graceMs);
      await exited;
      clearTimeout(killing);
    }
    closeSync(log);
  };
  try {
    await firstCreated(child, port, installation.apiKey, startedAt + startLimitMs);
  } catch (error) {
    const said = readFileSync(logPath, 'utf8').slice(-2000);
    await stop();
    throw new Error(`the server "${name}" does not serve: ${said}`, {cause: error});
  }
  if (child.pid === undefined) throw new Error(`the server "${name}" has no process id`);
  return {
    name,
    pid: child.pid,
    port,
    coldStartMs: performance.now() - startedAt,
    emptyLog: () => ftruncateSync(log),
    stop,
  };
}

/** Asks until the answer is 201: first nobody listens, then Redis may not be connected yet (503). */
async function firstCreated(child: ChildProcess, port: number, apiKey: string, giveUpAt: number): Promise<void> {
  let last: unknown = 'nothing';
  while (performance.now() < giveUpAt) {
    if (child.exitCode !== null) throw new Error(`it ended with exit code ${child.exitCode}`);
    try {
      const status = await createOnce(port, apiKey);
      if (status === 201) return;
      last = `status ${status}`;
    } catch (error) {
      last = error;
    }
    await delay(retryMs);
  }
  throw new Error('not in time', {cause: last});
}

async function createOnce(port: number, apiKey: string): Promise<number> {
  const broken = Promise.withResolvers<never>();
  const connection = await Connection.open(port, broken.reject);
  try {
    const to = `first-${port}-${Math.floor(performance.now() * 1000)}@bench.example`;
    const answer = new Promise<number>((resolve) =>
      connection.send(requestText('POST', '/v1/verifications', apiKey, {to}), ({status}) => resolve(status)),
    );
    return await Promise.race([answer, broken.promise]);
  } finally {
    connection.close();
  }
}
