import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdtemp, rm} from 'node:fs/promises';
import {createServer} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {createInterface} from 'node:readline';

/** A real Redis on loopback, for one test file. */
export interface RedisServer {
  readonly url: string;
  /** Power loss. */
  kill(): Promise<void>;
  /** Starts it again, on the same port and data. */
  restart(): Promise<void>;
  /** Answers nothing until `thaw`. */
  freeze(): void;
  thaw(): void;
  [Symbol.asyncDispose](): Promise<void>;
}

export async function startRedis(...options: string[]): Promise<RedisServer> {
  const directory = await mkdtemp(join(tmpdir(), 'otp-redis-'));
  const port = await freePort();
  const start = () =>
    spawnReady([
      '--port',
      String(port),
      '--bind',
      '127.0.0.1',
      '--dir',
      directory,
      '--save',
      '',
      '--appendonly',
      'yes',
      ...options,
    ]);
  let child = await start();
  const kill = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  };
  return {
    url: `redis://127.0.0.1:${port}`,
    kill,
    async restart() {
      await kill();
      child = await start();
    },
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
    async [Symbol.asyncDispose]() {
      await kill();
      await rm(directory, {recursive: true, force: true});
    },
  };
}

async function spawnReady(args: readonly string[]): Promise<ChildProcess> {
  const child = spawn('redis-server', args, {stdio: ['ignore', 'pipe', 'inherit']});
  const output: string[] = [];
  for await (const line of createInterface({input: child.stdout})) {
    output.push(line);
    if (line.includes('Ready to accept connections')) {
      child.stdout.resume();
      return child;
    }
  }
  throw new Error(`redis-server ended before it was ready:\n${output.join('\n')}`);
}

/** A port of loopback that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
