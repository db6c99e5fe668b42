import {connect} from '../cluster/connect.ts';
import {requireNamespace} from '../cluster/namespaces.ts';
import {runInPod} from '../cluster/run-in-pod.ts';
import {loadEnvironment} from '../environment/load.ts';
import {projectRoot} from '../lib/project-root.ts';
import {configFolder} from '../redis/files.ts';
import {redisPodNames} from '../redis/names.ts';
import {readArguments} from './arguments.ts';
import {confirm} from './confirm.ts';
import {runCommand} from './run-command.ts';

await runCommand(async () => {
  const {
    environment: chosen,
    choice,
    yes,
  } = readArguments(process.argv.slice(2), {
    usage: 'npm run redis:promote -- --env NAME|FILE.yaml POD [--yes POD]',
    choices: redisPodNames,
    yes: true,
  });
  const loaded = loadEnvironment(chosen, projectRoot);
  const {namespace} = loaded.environment;
  const cluster = await connect(loaded);
  await requireNamespace(cluster, namespace, loaded.name);
  await confirm(
    `This makes the data of ${choice} the data of all: what only the other pods have is lost (namespace ${namespace} of ${cluster.description}).`,
    choice,
    yes,
  );
  const script = `${configFolder}/promote.sh`;
  await runInPod(cluster, {namespace, pod: choice, container: 'redis'}, ['sh', script]);
  console.log(`${choice} becomes master; the others follow`);
});
