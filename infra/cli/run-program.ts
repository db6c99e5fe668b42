import {spawn} from 'node:child_process';
import {createInterface} from 'node:readline';

export interface ProgramOptions {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Gets each line as it comes. */
  readonly onLine?: (line: string) => void;
}

export interface ProgramResult {
  /** null: ended by a signal. */
  readonly exitCode: number | null;
  /** Standard output and error, in the order in which they came. */
  readonly output: string;
}

/** Runs a program to its end, without input. Rejects when it cannot be started. */
export async function runProgram(
  program: string,
  args: readonly string[],
  {cwd, env, onLine}: ProgramOptions,
): Promise<ProgramResult> {
  const child = spawn(program, [...args], {cwd, env, stdio: ['ignore', 'pipe', 'pipe']});
  const {promise, resolve, reject} = Promise.withResolvers<number | null>();
  child.once('error', reject);
  child.once('close', resolve);
  const lines: string[] = [];
  for (const input of [child.stdout, child.stderr])
    createInterface({input}).on('line', (line) => {
      lines.push(line);
      onLine?.(line);
    });
  return {exitCode: await promise, output: lines.map((line) => `${line}\n`).join('')};
}
