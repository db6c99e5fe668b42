import {connect} from '../cluster/connect.ts';
import {terraformKubeconfig} from '../cluster/kubeconfig.ts';
import {readNamespace} from '../cluster/namespaces.ts';
import {removeKept} from '../cluster/remove-kept.ts';
import {loadEnvironment} from '../environment/load.ts';
import {stackNames} from '../lib/names.ts';
import {projectRoot} from '../lib/project-root.ts';
import {readArguments} from './arguments.ts';
import {CommandError} from './command-error.ts';
import {confirm} from './confirm.ts';
import {runCommand} from './run-command.ts';
import {synthesise, synthesisFolder} from './synthesise.ts';
import {TerraformStacks} from './terraform.ts';
import {typecheck} from './typecheck.ts';

await runCommand(async () => {
  const {
    environment: chosen,
    stacks,
    all,
    yes,
  } = readArguments(process.argv.slice(2), {
    usage: 'npm run destroy -- --env NAME|FILE.yaml [stack…] [--all [--yes NAME]]',
    stacks: true,
    all: true,
  });
  const loaded = loadEnvironment(chosen, projectRoot);
  const {name, environment} = loaded;
  if (all && stacks.length < stackNames.length)
    throw new CommandError('--all removes the whole environment: name no stack with it');
  const written = Promise.all([typecheck(), synthesise(loaded)]);
  written.catch(() => {});
  const cluster = await connect(loaded);
  const where = `namespace ${environment.namespace} of ${cluster.description}`;
  console.log(`environment ${name}: ${where}`);
  if (all)
    await confirm(
      `This removes the stacks, the data, the Secrets and the state of environment ${name}: ${where}.`,
      name,
      yes,
    );

  const stateLost =
    environment.state.backend === 'kubernetes' &&
    (await readNamespace(cluster, environment.state.namespace)) === undefined;
  if (stateLost) console.log(`nothing is deployed: there is no namespace ${environment.state.namespace} with a state`);
  else {
    await written;
    using terraform = new TerraformStacks(name, synthesisFolder(name), {...process.env, ...terraformKubeconfig()});
    await terraform.destroy(stacks);
  }
  if (all) for await (const removed of removeKept(cluster, name, environment)) console.log(`removed ${removed}`);
  else
    console.log(
      `kept: volume claims, Secrets and namespace ${environment.namespace} (destroy -- --env ${chosen} --all removes them)`,
    );
});
