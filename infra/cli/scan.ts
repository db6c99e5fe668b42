import {spawnSync} from 'node:child_process';
import {globSync, mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {schemaFolder} from '../checks/schemas.ts';
import {skippedChecks} from '../checks/skipped-checks.ts';
import {loadEnvironment} from '../environment/load.ts';
import {environmentVariable} from '../lib/environment-variable.ts';
import {projectRoot} from '../lib/project-root.ts';
import {readArguments} from './arguments.ts';
import {CommandError} from './command-error.ts';
import {runCommand} from './run-command.ts';

interface Check {
  readonly check_id: string;
  readonly check_name: string;
  readonly resource: string;
}
interface Report {
  readonly results: {readonly passed_checks: Check[]; readonly failed_checks: Check[]};
}

/** npm run scan: other people's checks over what is synthesised: checkov on Terraform's JSON, kubeconform on the manifests. */
await runCommand(async () => {
  const {environment} = readArguments(process.argv.slice(2), {
    usage: 'npm run scan -- [--env NAME|FILE.yaml]',
    defaultEnvironment: 'example',
  });
  const {file} = loadEnvironment(environment, projectRoot);
  const folder = mkdtempSync(join(tmpdir(), 'otp-scan-'));
  try {
    const env = {...process.env, CDKTF_OUTDIR: join(folder, 'out'), [environmentVariable]: file};
    run(process.execPath, ['stacks/main.ts'], 'the synthesis', env);
    run(
      process.execPath,
      ['infra/cli/manifests.ts', '--env', file, '--out', join(folder, 'manifests')],
      'the manifests',
    );
    checkov('terraform_json', join(folder, 'out'), workloadsIn(join(folder, 'out', 'stacks')));
    // What checkov knows of StatefulSets and CronJobs it knows of Kubernetes' own form.
    checkov('kubernetes', join(folder, 'manifests'), []);
    for (const [check, reason] of Object.entries(skippedChecks)) console.log(`skipped ${check}: ${reason}`);
    const schemas = join(schemaFolder, '{{.ResourceKind}}{{.KindSuffix}}.json');
    console.log(
      run(
        'kubeconform',
        ['-strict', '-summary', '-schema-location', schemas, join(folder, 'manifests')],
        'kubeconform',
      ),
    );
  } finally {
    rmSync(folder, {recursive: true});
  }
});

/** As checkov names them: without their type. */
function workloadsIn(folder: string): string[] {
  return globSync('*/cdk.tf.json', {cwd: folder}).flatMap((file) => {
    const {resource = {}} = JSON.parse(readFileSync(join(folder, file), 'utf8')) as {resource?: Record<string, object>};
    return ['deployment', 'stateful_set', 'cron_job'].flatMap((kind) =>
      Object.keys(resource[`kubernetes_${kind}_v1`] ?? {}).map((id) => `resource.${id}`),
    );
  });
}

/** @throws CommandError with every check that fails, and where a workload has passed none: then none was made. */
function checkov(framework: string, folder: string, workloads: readonly string[]): void {
  const skipped = Object.keys(skippedChecks).join(',');
  const {error, stdout, stderr} = spawnSync(
    'checkov',
    ['--framework', framework, '--directory', folder, '--output', 'json', '--compact', '--skip-download'].concat([
      '--skip-check',
      skipped,
    ]),
    {encoding: 'utf8', maxBuffer: 64 * 1024 * 1024},
  );
  if (error) throw new CommandError('checkov is not on the PATH. Install it: pipx install checkov');
  const reports = [parsed(stdout, stderr)].flat();
  const passed = reports.flatMap(({results}) => results.passed_checks);
  const failed = reports.flatMap(({results}) => results.failed_checks);
  console.log(`checkov ${framework}: ${passed.length} checks passed, ${failed.length} failed`);
  for (const name of workloads) {
    const count = passed.filter(({resource}) => resource === name).length;
    console.log(`  ${name.replace('resource.', '')}: ${count} passed`);
    if (count === 0) throw new CommandError(`${name}: no check passed, so none was made`);
  }
  if (passed.length === 0) throw new CommandError(`checkov ${framework}: no check was made`);
  if (failed.length > 0)
    throw new CommandError(
      failed.map(({check_id, check_name, resource}) => `${resource}: ${check_id} ${check_name}`).join('\n'),
    );
}

function parsed(stdout: string, stderr: string): Report | Report[] {
  try {
    return JSON.parse(stdout) as Report | Report[];
  } catch {
    throw new CommandError(`checkov wrote no report: ${stderr.trim() || stdout.trim()}`);
  }
}

function run(program: string, args: readonly string[], what: string, env: NodeJS.ProcessEnv = process.env): string {
  const {error, status, stdout, stderr} = spawnSync(program, [...args], {cwd: projectRoot, encoding: 'utf8', env});
  if (error)
    throw new CommandError(
      `${program} is not on the PATH. Install it: https://github.com/yannh/kubeconform (npm test validates by the same schemas)`,
    );
  if (status !== 0) throw new CommandError(`${what} failed:\n${stdout}${stderr}`);
  return stdout.trim();
}
