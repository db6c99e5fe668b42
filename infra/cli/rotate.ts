import {connect} from '../cluster/connect.ts';
import {requireNamespace} from '../cluster/namespaces.ts';
import {loadEnvironment} from '../environment/load.ts';
import {projectRoot} from '../lib/project-root.ts';
import {rotateApiAuthority} from '../rotation/api-authority.ts';
import {rotateApiKey} from '../rotation/api-key.ts';
import {rotateRedisAuthority} from '../rotation/redis-authority.ts';
import {rotateRedisCertificate} from '../rotation/redis-certificate.ts';
import {rotateRedisPasswords} from '../rotation/redis-passwords.ts';
import {requireRotatable, rotations} from '../rotation/rotations.ts';
import {rotateSecretKey} from '../rotation/secret-key.ts';
import {readArguments} from './arguments.ts';
import {runCommand} from './run-command.ts';

await runCommand(async () => {
  const {
    environment: chosen,
    choice,
    secret,
  } = readArguments(process.argv.slice(2), {
    usage: `npm run rotate -- --env NAME|FILE.yaml ${rotations.join('|')} [--secret NAME]`,
    choices: rotations,
    secret: true,
  });
  const loaded = loadEnvironment(chosen, projectRoot);
  const {name, environment} = loaded;
  const {namespace} = environment;
  requireRotatable(choice, environment);
  const cluster = await connect(loaded);
  console.log(`environment ${name}: namespace ${namespace} of ${cluster.description}`);
  await requireNamespace(cluster, namespace, name);

  const startedAt = performance.now();
  const rotation = {
    redis: rotateRedisPasswords(cluster, namespace),
    'redis-certificate': rotateRedisCertificate(cluster, loaded),
    'redis-authority': rotateRedisAuthority(cluster, loaded),
    'api-authority': rotateApiAuthority(cluster, loaded),
    'secret-key': rotateSecretKey(cluster, namespace),
    'api-key': rotateApiKey(cluster, {environment, secret}),
  }[choice];
  for await (const done of rotation) console.log(`${((performance.now() - startedAt) / 1000).toFixed(1)} s: ${done}`);
});
