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
import {environmentYaml, stateNamespace} from './environment.ts';
import {readE2eSettings} from './settings.ts';
import {sinkNamespace} from './sink/names.ts';
import {smoke} from './smoke.ts';

/** Deploys to the cluster of KUBECONFIG, uses what came up, and takes it all away again, also after a failure or Ctrl-C. */
await runCommand(async () => {
  const settings = readE2eSettings(process.env);
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
  let failure: unknown;
  try {
    await smoke({settings, cluster, file, claims, signal: interrupted.signal});
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
  const verdict = failure === undefined ? 'pass' : 'fail';
  console.log(
    JSON.stringify({
      verdict,
      environment: name,
      image: settings.image,
      cluster: cluster.description,
      claims: claims.list,
    }),
  );
  if (failure !== undefined)
    throw new CommandError(`e2e failed: ${failure instanceof Error ? failure.message : failure}`);
});
