import {spawn} from 'node:child_process';
import {mkdirSync} from 'node:fs';
import {delimiter, join} from 'node:path';
import {environmentVariable} from '../lib/environment-variable.ts';
import {type StackName, stackNames} from '../lib/names.ts';
import {projectRoot} from '../lib/project-root.ts';
import {CommandError} from './command-error.ts';
import {binFolder} from './typecheck.ts';

/**
 * For a stack alone, whose dependencies are there already. Not for all stacks: with this option cdktf waits for no
 * dependency, and deploys the app although Redis has failed.
 */
export const partially = (stacks: readonly StackName[]) =>
  stacks.length < stackNames.length ? ['--ignore-missing-stack-dependencies'] : [];

export interface CdktfRun {
  readonly environmentName: string;
  readonly environmentFile: string;
  /** Arguments of cdktf, the command first. */
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs cdktf with plain output, in a folder per environment. @throws CommandError when it fails. */
export async function runCdktf({environmentName, environmentFile, args, env}: CdktfRun): Promise<void> {
  const output = join('cdktf.out', environmentName);
  mkdirSync(join(projectRoot, output), {recursive: true});
  const child = spawn('cdktf', [...args, '--no-color', '--output', output], {
    cwd: projectRoot,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: {
      ...process.env,
      ...env,
      PATH: `${binFolder}${delimiter}${process.env.PATH ?? ''}`,
      // Without it a spinner fills the log with control codes.
      CI: '1',
      CHECKPOINT_DISABLE: '1',
      [environmentVariable]: environmentFile,
    },
  });
  const {promise, resolve, reject} = Promise.withResolvers<number | null>();
  child.once('error', reject);
  child.once('close', resolve);
  // An interrupt reaches terraform too, which then finishes what it has begun and releases its lock.
  const wait = () => {};
  process.on('SIGINT', wait);
  try {
    const code = await promise;
    if (code !== 0) throw new CommandError(`cdktf ${args[0]} failed (exit code ${code}); its messages are above`);
  } finally {
    process.off('SIGINT', wait);
  }
}
