import {ensureAuthorityMap} from '../bootstrap/authority-map.ts';
import {ensureSecret} from '../bootstrap/ensure-secret.ts';
import {ensureStateNamespace, ensureWorkloadNamespace} from '../bootstrap/namespaces.ts';
import {ensureAllSecrets} from '../bootstrap/recipes.ts';
import {connect} from '../cluster/connect.ts';
import {listSecrets, missingSecrets} from '../cluster/missing-secrets.ts';
import {loadEnvironment} from '../environment/load.ts';
import {projectRoot} from '../lib/project-root.ts';
import {secretsBeforeDeploy} from '../secrets/catalogue.ts';
import {readArguments} from './arguments.ts';
import {runCommand} from './run-command.ts';

await runCommand(async () => {
  const {environment: chosen} = readArguments(process.argv.slice(2), {
    usage: 'npm run bootstrap -- --env NAME|FILE.yaml',
  });
  const loaded = loadEnvironment(chosen, projectRoot);
  const {name, environment} = loaded;
  const cluster = await connect(loaded);
  console.log(`environment ${name}: namespace ${environment.namespace} of ${cluster.description}`);

  console.log(await ensureStateNamespace(cluster, environment.state.namespace));
  console.log(await ensureWorkloadNamespace(cluster, environment.namespace, name));
  await ensureAllSecrets(loaded, async (recipe) => {
    const ensured = await ensureSecret(cluster, recipe);
    console.log(ensured.report);
    return ensured;
  });

  if (environment.exposure.kind === 'gateway')
    console.log(await ensureAuthorityMap(cluster, environment.namespace, name));

  const missing = await missingSecrets(cluster, environment.namespace, secretsBeforeDeploy(environment));
  if (missing.size > 0)
    console.log(`yours to make in namespace ${environment.namespace} before the deploy:\n${listSecrets(missing)}`);
  console.log(`next: npm run deploy -- --env ${chosen}`);
});
