import {rmSync} from 'node:fs';
import {mkdtemp, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {CommandError} from '../cli/command-error.ts';
import {runCommand} from '../cli/run-command.ts';
import {connect} from '../cluster/connect.ts';
import {removeNamespace} from '../cluster/namespaces.ts';
import {loadEnvironment} from '../environment/load.ts';
import {projectRoot} from '../lib/project-root.ts';
import {Claims} from './claims.ts';
import type {EnduranceReport} from './endure.ts';
import {environmentYaml, stateNamespace} from './environment.ts';
import {choosePhases} from './phases/index.ts';
import {assertTerraform} from './prerequisites.ts';
import {writeReport} from './report.ts';
import {readE2eSettings} from './settings.ts';
import {sinkNamespace} from './sink/names.ts';
import {tableOf} from './table.ts';
import {wholeLife} from './whole-life.ts';

/** Deploys to the cluster of KUBECONFIG, uses and disturbs what came up, and takes it all away again, also after a failure or Ctrl-C. */
await runCommand(async () => {
  const phases = choosePhases(process.argv.slice(2));
  const settings = readE2eSettings(process.env);
  assertTerraform();
  const {name} = settings;
  const folder = await mkdtemp(join(tmpdir(), 'otp-e2e-'));
  const file = join(folder, `${name}.yaml`);
  await writeFile(file, environmentYaml(settings));
  const cluster = await connect(loadEnvironment(file, projectRoot));
  console.log(`${name}: ${settings.image} on ${cluster.description}`);

  const interrupted = new AbortController();
  const interrupt = () => interrupted.abort(new Error('interrupted'));
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  const claims = new Claims();
  let endurance: EnduranceReport | undefined;
  let failure: unknown;
  try {
    endurance = await wholeLife({settings, cluster, file, claims, signal: interrupted.signal}, phases);
  } catch (error) {
    failure = error;
  } finally {
    // All that a run makes is in these; the cluster has nothing of it elsewhere.
    await Promise.all(
      [name, stateNamespace(name), sinkNamespace(name)].map((namespace) => removeNamespace(cluster, namespace)),
    );
    rmSync(folder, {recursive: true});
    rmSync(join(projectRoot, 'cdktf.out', name), {recursive: true, force: true});
  }
  if (endurance !== undefined) console.log(`\n${tableOf(endurance)}`);
  const passed = failure === undefined && claims.failed.length === 0;
  const report = {
    verdict: passed ? 'pass' : 'fail',
    environment: name,
    image: settings.image,
    cluster: cluster.description,
    claims: claims.list,
    ...endurance,
  };
  const written = writeReport(name, report);
  const failed = claims.failed.length;
  console.log(
    `${report.verdict}: ${claims.list.length - failed} of ${claims.list.length} claims hold; report in ${written}`,
  );
  if (failure !== undefined)
    throw new CommandError(`e2e failed: ${failure instanceof Error ? failure.message : failure}`);
  if (failed > 0) throw new CommandError(`e2e failed: ${claims.failed.map(({claim}) => claim).join('; ')}`);
});
