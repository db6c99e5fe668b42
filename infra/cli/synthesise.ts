import {mkdirSync} from 'node:fs';
import {join} from 'node:path';
import type {LoadedEnvironment} from '../environment/load.ts';
import {environmentVariable} from '../lib/environment-variable.ts';
import {stackId} from '../lib/names.ts';
import {projectRoot} from '../lib/project-root.ts';
import {CommandError} from './command-error.ts';
import {runProgram} from './run-program.ts';

/** Where what is synthesised for an environment lies, with what Terraform keeps beside it. */
export const synthesisFolder = (environmentName: string) => join(projectRoot, 'cdktf.out', environmentName);

/** Folder of one stack in it: `cdk.tf.json`. */
export const stackFolder = (folder: string, environmentName: string, stack: Parameters<typeof stackId>[1]) =>
  join(folder, 'stacks', stackId(environmentName, stack));

/**
 * Writes every stack of the environment as Terraform reads it.
 * By Node itself and not by the CDK's command line, which takes twice as long to start as the stacks take to be written.
 * @throws CommandError with what the stacks said
 */
export async function synthesise(
  {file, name}: Pick<LoadedEnvironment, 'file' | 'name'>,
  folder = synthesisFolder(name),
) {
  // The CDK makes the last part of the path alone.
  mkdirSync(folder, {recursive: true});
  const {exitCode, output} = await runProgram(process.execPath, ['stacks/main.ts'], {
    cwd: projectRoot,
    env: {...process.env, CDKTF_OUTDIR: folder, [environmentVariable]: file},
  });
  if (exitCode !== 0) throw new CommandError(`the stacks could not be synthesised:\n${output.trim()}`);
}
