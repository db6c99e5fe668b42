import {Child} from './child-process.ts';
import type {Environment, RedisUnderTest} from './executor.ts';
import {type Ping, pingRedis} from './ping-redis.ts';
import {waitUntil} from './wait-until.ts';

export interface RedisProcessOptions {
  readonly port: number;
  /** Its data; outlives the process, so that a start finds what the last one left. */
  readonly directory: string;
  readonly persistence: Environment['persistence'];
  readonly logFile: string;
}

const START_MS = 10_000;
// A healthy Redis on this machine answers in under a millisecond, also while it forks.
const PING_MS = 400;

/** A redis-server on 127.0.0.1. */
export class RedisProcess implements RedisUnderTest, AsyncDisposable {
  readonly #options: RedisProcessOptions;
  #child: Child | undefined;

  constructor(options: RedisProcessOptions) {
    this.#options = options;
  }

  ping(): Promise<Ping> {
    return pingRedis(this.#options.port, PING_MS);
  }

  /** @throws Error that says how to get redis-server where there is none. */
  async start(): Promise<void> {
    if (!this.#child?.isRunning) this.#child = await this.#spawn();
    const {port, logFile} = this.#options;
    const answers = async () => (await this.ping()) === 'answered';
    await waitUntil(`an answer of redis-server on port ${port} (log: ${logFile})`, START_MS, answers);
  }

  async kill(): Promise<void> {
    await this.#child?.kill();
  }

  freeze(): void {
    this.#child?.signal('SIGSTOP');
  }

  thaw(): void {
    this.#child?.signal('SIGCONT');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#child?.stop();
  }

  async #spawn(): Promise<Child> {
    const {port, directory, persistence, logFile} = this.#options;
    const appendOnly = persistence === 'everysec' ? 'yes' : 'no';
    const settings = {
      port,
      bind: '127.0.0.1',
      dir: directory,
      save: '',
      appendonly: appendOnly,
      appendfsync: 'everysec',
    };
    const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
    try {
      return await Child.start({command: 'redis-server', args, env: {PATH: process.env.PATH ?? ''}, logFile});
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
        throw new Error(MISSING, {cause: error});
      throw error;
    }
  }
}

const MISSING =
  'redis-server is not on PATH: install the package redis-server (Debian, Ubuntu), redis (Fedora, Alpine, Homebrew)';
