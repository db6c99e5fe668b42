import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import {open, readFile} from 'node:fs/promises';

export interface ChildOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Output is added to this file. */
  readonly logFile: string;
}

const STOP_MS = 5_000;
const running = new Set<ChildProcess>();
// The last resort, for an end that no `finally` sees: nothing that was started may outlive the run. Before its files are removed.
process.prependListener('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** A process of the testbed. Its owner stops it. */
export class Child {
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown>;

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.#exited = once(child, 'exit').finally(() => running.delete(child));
  }

  /** @throws Error with code ENOENT when there is no such command. */
  static async start({command, args, env, logFile}: ChildOptions): Promise<Child> {
    const log = await open(logFile, 'a');
    try {
      // A process group of its own: Ctrl-C is for the runner, which stops its children in order.
      const child = spawn(command, args, {env, stdio: ['ignore', log.fd, log.fd], detached: true});
      running.add(child);
      const started = new Child(child);
      started.#exited.catch(() => running.delete(child));
      await once(child, 'spawn');
      return started;
    } finally {
      await log.close();
    }
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Its state, by proc(5): R runs, S sleeps, T is stopped, … */
  async state(): Promise<string | undefined> {
    // After the name, which stands in brackets and may hold anything.
    return (await readFile(`/proc/${this.#child.pid}/stat`, 'utf8')).split(') ').at(-1)?.[0];
  }

  signal(signal: NodeJS.Signals): void {
    if (this.isRunning) this.#child.kill(signal);
  }

  async kill(): Promise<void> {
    this.signal('SIGKILL');
    await this.#exited;
  }

  /** Asks it to end, and ends it if it does not; works on a frozen process too. */
  async stop(timeoutMs = STOP_MS): Promise<void> {
    this.signal('SIGTERM');
    this.signal('SIGCONT');
    const timer = setTimeout(() => this.signal('SIGKILL'), timeoutMs);
    await this.#exited;
    clearTimeout(timer);
  }
}
