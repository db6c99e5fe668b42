import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import {cp, mkdir, mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {createInterface} from 'node:readline';
import {freePort} from '../../chaos/lab/free-port.ts';

export type RedisProgram = 'redis-server' | 'valkey-server';

/** A real Redis on loopback, for one test file. */
export interface RedisServer {
  readonly url: string;
  readonly port: number;
  /** Power loss. */
  kill(): Promise<void>;
  /** Keeps its data as they are, for `restart`. */
  backUp(): Promise<void>;
  /** Starts it again, on the same port, and on the data that it had, those of the last `backUp`, or none. */
  restart(data?: 'its' | 'older' | 'no'): Promise<void>;
  /** Answers nothing until `thaw`. */
  freeze(): void;
  thaw(): void;
  [Symbol.asyncDispose](): Promise<void>;
}

export async function startRedis({
  program = 'redis-server',
  options = [],
}: {
  readonly program?: RedisProgram;
  /** Of its command line. */
  readonly options?: readonly string[];
} = {}): Promise<RedisServer> {
  const directory = await mkdtemp(join(tmpdir(), 'otp-redis-'));
  const backup = `${directory}-backup`;
  const port = await freePort();
  const settings = ['--port', String(port), '--bind', '127.0.0.1', '--dir', directory];
  const start = () =>
    spawnReady(program, [...settings, '--save', '', '--appendonly', 'yes', ...options], 'Ready to accept connections');
  let child = await start();
  const kill = () => killProcess(child);
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    kill,
    async backUp() {
      await rm(backup, {recursive: true, force: true});
      await cp(directory, backup, {recursive: true});
    },
    async restart(data = 'its') {
      await kill();
      if (data !== 'its') await rm(directory, {recursive: true, force: true});
      if (data === 'older') await cp(backup, directory, {recursive: true});
      if (data === 'no') await mkdir(directory);
      child = await start();
    },
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
    async [Symbol.asyncDispose]() {
      await kill();
      await rm(directory, {recursive: true, force: true});
      await rm(backup, {recursive: true, force: true});
    },
  };
}

async function killProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

async function spawnReady(program: RedisProgram, args: readonly string[], readyWhen: string): Promise<ChildProcess> {
  const child = spawn(program, args, {stdio: ['ignore', 'pipe', 'inherit']});
  const output: string[] = [];
  for await (const line of createInterface({input: child.stdout})) {
    output.push(line);
    if (line.includes(readyWhen)) {
      child.stdout.resume();
      return child;
    }
  }
  throw new Error(`${program} ended before it was ready:\n${output.join('\n')}`);
}
