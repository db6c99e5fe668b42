import {connect} from '../cluster/connect.ts';
import {holdExclusive} from '../cluster/exclusive-lease.ts';
import {terraformKubeconfig} from '../cluster/kubeconfig.ts';
import {listSecrets, missingSecrets} from '../cluster/missing-secrets.ts';
import {requireNamespace} from '../cluster/namespaces.ts';
import {clusterFacts, lacking} from '../cluster/preflight.ts';
import {loadEnvironment} from '../environment/load.ts';
import {projectRoot} from '../lib/project-root.ts';
import {secretsBeforeDeploy} from '../secrets/catalogue.ts';
import {readArguments} from './arguments.ts';
import {checkService} from './check-service.ts';
import {CommandError} from './command-error.ts';
import {runCommand} from './run-command.ts';
import {synthesise, synthesisFolder} from './synthesise.ts';
import {TerraformStacks} from './terraform.ts';
import {typecheck} from './typecheck.ts';

await runCommand(async () => {
  const {environment: chosen, stacks} = readArguments(process.argv.slice(2), {
    usage: 'npm run deploy -- --env NAME|FILE.yaml [stack…]',
    stacks: true,
  });
  const loaded = loadEnvironment(chosen, projectRoot);
  const {name, environment} = loaded;
  // Side by side with what is asked of the cluster.
  const written = Promise.all([typecheck(), synthesise(loaded), checkService(loaded)]);
  // Told where it is awaited, or not at all when the cluster has refused before.
  written.catch(() => {});
  const cluster = await connect(loaded);
  console.log(`environment ${name}: namespace ${environment.namespace} of ${cluster.description}`);
  await requireNamespace(cluster, environment.namespace, name);
  const missing = await missingSecrets(cluster, environment.namespace, secretsBeforeDeploy(environment));
  if (missing.size > 0)
    throw new CommandError(
      `namespace ${environment.namespace} lacks:\n${listSecrets(missing)}\nnpm run bootstrap -- --env ${chosen} makes those that it can; the others are yours to make`,
    );
  const lacks = lacking(environment, await clusterFacts(cluster));
  if (lacks.length > 0)
    throw new CommandError(`${cluster.description} lacks:\n${lacks.map((line) => `  ${line}`).join('\n')}`);
  await written;
  await using _lease = await holdExclusive(cluster, environment.namespace, 'deploy');
  using terraform = new TerraformStacks(name, synthesisFolder(name), {...process.env, ...terraformKubeconfig()});
  await terraform.deploy(stacks);
});
