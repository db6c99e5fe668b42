import {connect} from '../cluster/connect.ts';
import {holdExclusive} from '../cluster/exclusive-lease.ts';
import {terraformKubeconfig} from '../cluster/kubeconfig.ts';
import {listSecrets, missingSecrets} from '../cluster/missing-secrets.ts';
import {requireNamespace} from '../cluster/namespaces.ts';
import {clusterFacts, lacking} from '../cluster/preflight.ts';
import {loadEnvironment} from '../environment/load.ts';
import {stackId} from '../lib/names.ts';
import {projectRoot} from '../lib/project-root.ts';
import {secretsBeforeDeploy} from '../secrets/catalogue.ts';
import {readArguments} from './arguments.ts';
import {partially, runCdktf} from './cdktf.ts';
import {checkService} from './check-service.ts';
import {CommandError} from './command-error.ts';
import {runCommand} from './run-command.ts';
import {typecheck} from './typecheck.ts';

await runCommand(async () => {
  const {environment: chosen, stacks} = readArguments(process.argv.slice(2), {
    usage: 'npm run deploy -- --env NAME|FILE.yaml [stack…]',
    stacks: true,
  });
  const loaded = loadEnvironment(chosen, projectRoot);
  const {name, file, environment} = loaded;
  typecheck();
  checkService(loaded);
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
  await using _lease = await holdExclusive(cluster, environment.namespace, 'deploy');
  await runCdktf({
    environmentName: name,
    environmentFile: file,
    args: ['deploy', ...stacks.map((stack) => stackId(name, stack)), '--auto-approve', ...partially(stacks)],
    env: terraformKubeconfig(),
  });
});
