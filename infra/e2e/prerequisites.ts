import {spawnSync} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {CommandError} from '../cli/command-error.ts';
import {projectRoot} from '../lib/project-root.ts';

const providers = ['kubernetes', 'helm'] as const;

/** @throws CommandError with exit code 2 where Terraform, or one of the providers that the stacks are bound to, cannot be had. */
export function assertTerraform(): void {
  const program = process.env.TERRAFORM_BINARY_NAME ?? 'terraform';
  const required = Object.fromEntries(
    providers.map((name) => [name, {source: `hashicorp/${name}`, version: boundVersion(name)}]),
  );
  const folder = mkdtempSync(join(tmpdir(), 'otp-e2e-terraform-'));
  try {
    writeFileSync(join(folder, 'main.tf.json'), JSON.stringify({terraform: {required_providers: required}}));
    const {status, error, stderr} = spawnSync(program, ['init', '-backend=false', '-input=false', '-no-color'], {
      cwd: folder,
      encoding: 'utf8',
    });
    if (error) throw new CommandError(`npm run e2e needs Terraform: ${program}: ${error.message}`, 2);
    if (status !== 0)
      throw new CommandError(`npm run e2e needs Terraform with its two providers:\n${stderr.trim()}`, 2);
  } finally {
    rmSync(folder, {recursive: true});
  }
}

/** The version that the generated classes are made from. */
function boundVersion(name: (typeof providers)[number]): string {
  const file = join(projectRoot, 'node_modules', '@cdktf', `provider-${name}`, 'package.json');
  return JSON.parse(readFileSync(file, 'utf8')).cdktf.provider.version;
}
