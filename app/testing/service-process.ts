import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import {fileURLToPath} from 'node:url';
import {freePort} from '../../chaos/lab/free-port.ts';
import {until} from './until.ts';

const main = fileURLToPath(new URL('../main.ts', import.meta.url));
/** On a machine that is busy with other things; alone it takes a second. */
const startLimitMs = 60_000;

/** The service as its users start it: a process of its own. */
export interface ServiceProcess {
  readonly url: string;
  readonly metricsUrl: string;
  readonly child: ChildProcess;
  /** Everything that it has written. */
  output(): string;
  /** Resolves with its exit code. */
  readonly exited: Promise<number | null>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Starts it on a Redis that is there; resolves when it has reached that, too: before, it creates in its memory. */
export async function startServiceOn(
  redisUrl: string,
  environment: Record<string, string> = {},
): Promise<ServiceProcess> {
  const service = await startServiceProcess({REDIS_URL: redisUrl, ...environment});
  await until(
    'Redis',
    () => service.child.exitCode !== null || service.output().includes('"msg":"connected to Redis"'),
  );
  return service;
}

/** Starts it on free ports; resolves when it listens, or has ended. */
export async function startServiceProcess(
  environment: Record<string, string> = {},
  {entry = main}: {readonly entry?: string} = {},
): Promise<ServiceProcess> {
  const [port, metricsPort] = [await freePort(), await freePort()];
  const child = spawn(process.execPath, [entry], {
    env: {PATH: process.env.PATH, PORT: String(port), METRICS_PORT: String(metricsPort), ...environment},
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk) => {
      output += chunk;
    });
  }
  const exited = once(child, 'close').then(([code]) => code as number | null);
  try {
    const started = () => child.exitCode !== null || output.includes('"msg":"listening"');
    await until('the service', started, startLimitMs);
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
  return {
    url: `http://127.0.0.1:${port}`,
    metricsUrl: `http://127.0.0.1:${metricsPort}/metrics`,
    child,
    output: () => output,
    exited,
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null) child.kill('SIGKILL');
      await exited;
    },
  };
}
