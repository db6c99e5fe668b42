import {join} from 'node:path';
import {projectRoot} from '../lib/project-root.ts';
import {CommandError} from './command-error.ts';
import {runProgram} from './run-program.ts';

const compiler = join(projectRoot, 'node_modules', 'typescript', 'bin', 'tsc');

/**
 * Node strips types and checks none, and the CDK hands what it does not know to Terraform: a block in the wrong shape
 * would be written in keys that Terraform refuses, or ignores.
 */
export async function typecheck(): Promise<void> {
  const {exitCode, output} = await runProgram(process.execPath, [compiler, '-p', 'infra/tsconfig.json'], {
    cwd: projectRoot,
    env: process.env,
  });
  if (exitCode !== 0) throw new CommandError(`the stacks do not type-check:\n${output.trim()}`);
}
