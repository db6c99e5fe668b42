import {fileURLToPath} from 'node:url';
import {Child} from './child.ts';
import {freePort} from './free-port.ts';
import {waitUntil} from './wait-until.ts';

export interface ServiceInstanceOptions {
  readonly name: string;
  /** The service's main module. */
  readonly entry: string;
  readonly environment: Readonly<Record<string, string>>;
  /** The address that it connects from; see `network.ts`. */
  readonly sourceAddress?: string;
  /** As long as this file is there it can resolve names; see `name-service.ts`. */
  readonly namesFile: string;
  readonly logFile: string;
}

const START_MS = 30_000;
const SURROUNDINGS = ['source-address.ts', 'name-service.ts'].flatMap((module) => [
  '--import',
  fileURLToPath(new URL(module, import.meta.url)),
]);

/** One process of the service, on ports of its own that it keeps over restarts. */
export class ServiceInstance implements AsyncDisposable {
  readonly name: string;
  readonly port: number;
  readonly metricsPort: number;
  readonly #options: ServiceInstanceOptions;
  #child: Child | undefined;

  private constructor(options: ServiceInstanceOptions, port: number, metricsPort: number) {
    this.#options = options;
    this.name = options.name;
    this.port = port;
    this.metricsPort = metricsPort;
  }

  static async create(options: ServiceInstanceOptions): Promise<ServiceInstance> {
    return new ServiceInstance(options, await freePort(), await freePort());
  }

  get baseUrl(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get isRunning(): boolean {
    return this.#child?.isRunning ?? false;
  }

  /** Resolves when it is ready. */
  async start(): Promise<void> {
    const {name, entry, environment, sourceAddress, namesFile, logFile} = this.#options;
    if (!this.isRunning) {
      const env = {
        // Nothing else of the caller's environment: a run must not depend on who starts it.
        PATH: process.env.PATH ?? '',
        HOST: '127.0.0.1',
        PORT: String(this.port),
        METRICS_PORT: String(this.metricsPort),
        ...environment,
        LAB_NAMES_FILE: namesFile,
        ...(sourceAddress === undefined ? {} : {LAB_SOURCE_ADDRESS: sourceAddress}),
      };
      this.#child = await Child.start({command: process.execPath, args: [...SURROUNDINGS, entry], env, logFile});
    }
    await waitUntil(`readiness of ${name} (log: ${logFile})`, START_MS, async () => {
      if (!this.isRunning) throw new Error(`${name} ended before it was ready; see ${logFile}`);
      return await this.isReady();
    });
  }

  async isReady(timeoutMs = 1_000): Promise<boolean> {
    try {
      const response = await fetch(`${this.baseUrl}/readyz`, {signal: AbortSignal.timeout(timeoutMs)});
      await response.body?.cancel();
      return response.ok;
    } catch {
      return false;
    }
  }

  /** The value of a gauge or counter, summed over its labels; undefined where it is not there. */
  async metric(name: string): Promise<number | undefined> {
    const response = await fetch(`http://127.0.0.1:${this.metricsPort}/metrics`, {signal: AbortSignal.timeout(1_000)});
    const lines = (await response.text())
      .split('\n')
      .filter((line) => line.startsWith(name) && /^[ {]/.test(line.slice(name.length)));
    return lines.length === 0 ? undefined : lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
  }

  async kill(): Promise<void> {
    await this.#child?.kill();
  }

  /** As a roll-out does it: SIGTERM, and the time that it takes. */
  async stop(timeoutMs?: number): Promise<void> {
    await this.#child?.stop(timeoutMs);
  }

  freeze(): void {
    this.#child?.signal('SIGSTOP');
  }

  thaw(): void {
    this.#child?.signal('SIGCONT');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}
