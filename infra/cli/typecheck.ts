import {spawnSync} from 'node:child_process';
import {join} from 'node:path';
import {projectRoot} from '../lib/project-root.ts';
import {CommandError} from './command-error.ts';

/**
 * Node strips types and checks none, and the CDK hands what it does not know to Terraform: a block in the wrong shape
 * would be written in keys that Terraform refuses, or ignores.
 */
export function typecheck(): void {
  const {status, stdout} = spawnSync('tsc', ['-p', 'infra/tsconfig.json'], {
    cwd: projectRoot,
    encoding: 'utf8',
    env: process.env,
  });
  if (status === null) throw new CommandError('tsc is not installed: run npm ci, and start this by npm run');
  if (status !== 0) throw new CommandError(`the stacks do not type-check:\n${stdout}`);
}

export const binFolder = join(projectRoot, 'node_modules', '.bin');
