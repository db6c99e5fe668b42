import {chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, it, vi} from 'vitest';
import {stackNames} from '../lib/names.ts';
import {stackFolder} from './synthesise.ts';
import {TerraformStacks} from './terraform.ts';

// What Terraform is asked for, and in which order: the end-to-end run asks the real one. This one notes its command and
// answers by the files that lie in a stack's folder.
const program = `#!/bin/sh
echo "$1 \${PWD##*/}" >> ../../asked
[ "$1" != init ] || mkdir -p .terraform
[ ! -e "fails-at-$1" ] || { echo "Error: $1"; exit 1; }
[ "$1" != plan ] || [ ! -e changed ] || { echo "Terraform will perform the following actions:"; exit 2; }
[ "$1" != plan ] || echo "No changes. Your infrastructure matches the configuration."
`;

let folder: string;
const said: string[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'otp-terraform-'));
  writeFileSync(join(folder, 'terraform'), program);
  chmodSync(join(folder, 'terraform'), 0o755);
  for (const stack of stackNames) {
    mkdirSync(stackFolder(folder, 'trial', stack), {recursive: true});
    put(stack, 'cdk.tf.json', '{"terraform": {"backend": {"local": {}}}}');
  }
  said.length = 0;
  vi.spyOn(console, 'log').mockImplementation((line) => said.push(line));
});

afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, {recursive: true});
});

const put = (stack: (typeof stackNames)[number], file: string, text = '') =>
  writeFileSync(join(stackFolder(folder, 'trial', stack), file), text);
const terraform = () =>
  new TerraformStacks('trial', folder, {...process.env, TERRAFORM_BINARY_NAME: join(folder, 'terraform')});
const asked = (command: string) =>
  (existsSync(join(folder, 'asked')) ? readFileSync(join(folder, 'asked'), 'utf8') : '')
    .split('\n')
    .filter((line) => line.startsWith(`${command} `))
    .map((line) => line.slice(command.length + 1 + 'trial-'.length));

it('a deploy applies the stacks that have something to change, in their order, and says so of the others', async () => {
  put('app', 'changed');
  put('redis', 'changed');
  using stacks = terraform();
  await stacks.deploy(stackNames);
  expect(asked('apply')).toEqual(['redis', 'app']);
  expect(asked('plan').toSorted()).toEqual([...stackNames].toSorted());
  expect(said).toContain('trial-foundation  No changes. Your infrastructure matches the configuration.');
});

it('a stack that fails keeps those after it from being applied, and is named', async () => {
  for (const stack of ['foundation', 'redis', 'app'] as const) put(stack, 'changed');
  put('redis', 'fails-at-apply');
  using stacks = terraform();
  await expect(stacks.deploy(stackNames)).rejects.toThrow(/terraform apply of trial-redis failed \(exit code 1\)/);
  expect(asked('apply')).toEqual(['foundation', 'redis']);
});

it('a stack that cannot be planned keeps all from being applied', async () => {
  put('foundation', 'changed');
  put('resilience', 'fails-at-plan');
  using stacks = terraform();
  await expect(stacks.deploy(stackNames)).rejects.toThrow(/terraform plan of trial-resilience failed/);
  expect(asked('apply')).toEqual([]);
  expect(said).toContain('trial-resilience  Error: plan');
});

it('after an interrupt nothing more is applied', async () => {
  put('foundation', 'changed');
  put('redis', 'changed');
  using stacks = terraform();
  const deployed = stacks.deploy(stackNames);
  // Listened to by the deploy alone: it is not this process that ends.
  process.emit('SIGINT');
  await expect(deployed).rejects.toThrow(/^interrupted/);
  expect(asked('apply')).toEqual([]);
});

it('providers and back end are initialised once, and again when they are others', async () => {
  using stacks = terraform();
  await stacks.deploy(['foundation']);
  await stacks.deploy(['foundation']);
  expect(asked('init')).toEqual(['foundation']);
  put('foundation', 'cdk.tf.json', '{"terraform": {"backend": {"s3": {}}}}');
  await stacks.deploy(['foundation']);
  expect(asked('init')).toEqual(['foundation', 'foundation']);
});

it('destroy goes backwards', async () => {
  using stacks = terraform();
  await stacks.destroy(['foundation', 'redis', 'app']);
  expect(asked('destroy')).toEqual(['app', 'redis', 'foundation']);
});
