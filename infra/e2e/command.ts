import {spawn} from 'node:child_process';
import {join} from 'node:path';
import {projectRoot} from '../lib/project-root.ts';

export interface CommandResult {
  readonly exitCode: number | null;
  /** Standard output and error, in the order in which they came. */
  readonly output: string;
}

/** Runs a command of infra/cli as its npm script does; an abort interrupts it and waits until it has cleaned up. */
export async function runCli(
  name: 'bootstrap' | 'deploy' | 'destroy' | 'rotate' | 'synth',
  args: readonly string[],
  signal: AbortSignal,
): Promise<CommandResult> {
  signal.throwIfAborted();
  const child = spawn(process.execPath, [join('infra', 'cli', `${name}.ts`), ...args], {
    cwd: projectRoot,
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own: Ctrl-C reaches it once, by the abort.
    detached: true,
  });
  const interrupt = () => child.pid !== undefined && process.kill(-child.pid, 'SIGINT');
  signal.addEventListener('abort', interrupt);
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  const {promise, resolve, reject} = Promise.withResolvers<number | null>();
  child.once('error', reject);
  child.once('close', resolve);
  try {
    const exitCode = await promise;
    signal.throwIfAborted();
    return {exitCode, output};
  } finally {
    signal.removeEventListener('abort', interrupt);
  }
}
