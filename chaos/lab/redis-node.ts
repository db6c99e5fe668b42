import {cp, mkdir, rm, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {Redis} from 'ioredis';
import type {Address} from './address.ts';
import type {Child} from './child.ts';
import {type Ping, pingRedis} from './ping-redis.ts';
import {type RedisServerName, startProgram} from './program.ts';
import {type RedisSettings, renderSettings} from './settings.ts';
import {waitUntil} from './wait-until.ts';

export interface RedisNodeOptions {
  readonly name: string;
  readonly server: RedisServerName;
  /** Where it really listens, on 127.0.0.1. */
  readonly port: number;
  /** Under what address others know it. @default 127.0.0.1 and `port` */
  readonly address?: Address;
  /** Its data and configuration; outlives the process, so that a start finds what the last one left. */
  readonly directory: string;
  readonly logFile: string;
  readonly settings?: RedisSettings;
  /** Arguments after the file: `--sentinel`. @default none */
  readonly mode?: readonly string[];
}

const START_MS = 20_000;
// A healthy Redis on this machine answers in under a millisecond, also while it forks.
const PING_MS = 400;
const COMMAND_MS = 2_000;

/** A redis-server or sentinel on 127.0.0.1, in the hands of whoever breaks it. */
export class RedisNode implements AsyncDisposable {
  readonly name: string;
  readonly port: number;
  readonly address: Address;
  readonly #options: RedisNodeOptions;
  #child: Child | undefined;

  constructor(options: RedisNodeOptions) {
    this.#options = options;
    this.name = options.name;
    this.port = options.port;
    this.address = options.address ?? {host: '127.0.0.1', port: options.port};
  }

  get #configuration(): string {
    return path.join(this.#options.directory, 'redis.conf');
  }

  get isRunning(): boolean {
    return this.#child?.isRunning ?? false;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  ping(): Promise<Ping> {
    return pingRedis(this.port, PING_MS);
  }

  /**
   * Starts it on the data that it left, if it does not run; resolves when it answers.
   * @throws Error that says how to get the program where there is none.
   */
  async start(role: RedisSettings = {}): Promise<void> {
    const {directory, port, settings} = this.#options;
    await mkdir(directory, {recursive: true});
    const all = {bind: '127.0.0.1', port, dir: directory, ...settings, ...role};
    if (!this.isRunning) await writeFile(this.#configuration, renderSettings(all));
    await this.resume();
  }

  /** Starts it, if it does not run, on the configuration that it left too: a sentinel remembers there whom it knows. */
  async resume(): Promise<void> {
    const {name, port, logFile, server, mode = []} = this.#options;
    if (!this.isRunning) this.#child = await startProgram(server, [this.#configuration, ...mode], logFile);
    await waitUntil(`an answer of ${name} on port ${port} (log: ${logFile})`, START_MS, async () => {
      if (!this.isRunning) throw new Error(`${name} ended before it answered; see ${logFile}`);
      return (await this.ping()) === 'answered';
    });
  }

  /** Ends it at once, without a chance to write anything. */
  async kill(): Promise<void> {
    await this.#child?.kill();
  }

  /** Stops it where it is: connections stay open, nothing is answered. */
  freeze(): void {
    this.#child?.signal('SIGSTOP');
  }

  thaw(): void {
    this.#child?.signal('SIGCONT');
  }

  /** Whether it is stopped where it is, as Linux sees it: at once, while a missing answer takes its time to be missed. */
  async isFrozen(): Promise<boolean> {
    return (await this.#child?.state()) === 'T';
  }

  /** Asks it over a connection of its own. @throws ReplyError, or Error when it does not answer. */
  async command(...[name = '', ...args]: readonly string[]): Promise<unknown> {
    const redis = new Redis({
      host: '127.0.0.1',
      port: this.port,
      lazyConnect: true,
      // Of the two subscriptions to a sentinel's or a server's state neither is needed for one command.
      enableReadyCheck: false,
      connectTimeout: COMMAND_MS,
      commandTimeout: COMMAND_MS,
      maxRetriesPerRequest: 0,
      retryStrategy: () => null,
    });
    redis.on('error', () => {
      // Told by the command as well.
    });
    try {
      await redis.connect();
      return await redis.call(name, ...args);
    } finally {
      redis.disconnect();
    }
  }

  /** The lines `field:value` of INFO. */
  async info(section: string): Promise<Record<string, string>> {
    const text = String(await this.command('INFO', section));
    return Object.fromEntries(text.split('\r\n').flatMap((line) => (line.includes(':') ? [splitOnce(line)] : [])));
  }

  /** Copies what it has on disk. */
  async copyData(to: string): Promise<void> {
    await rm(to, {recursive: true, force: true});
    await cp(this.#options.directory, to, {recursive: true});
  }

  /** Puts other data in the place of its own, or none. Only while it does not run. */
  async replaceData(from?: string): Promise<void> {
    if (this.isRunning) throw new Error(`${this.name} runs: its data can't be replaced`);
    await rm(this.#options.directory, {recursive: true, force: true});
    if (from) await cp(from, this.#options.directory, {recursive: true});
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }
}

function splitOnce(line: string): [string, string] {
  const colon = line.indexOf(':');
  return [line.slice(0, colon), line.slice(colon + 1)];
}
