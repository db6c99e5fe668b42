import {isTree} from '../environment/layers.ts';
import {loadEnvironment} from '../environment/load.ts';
import {projectRoot} from '../lib/project-root.ts';
import {readArguments} from './arguments.ts';
import {runCommand} from './run-command.ts';

await runCommand(async () => {
  const {environment: chosen} = readArguments(process.argv.slice(2), {
    usage: 'npm run config:show -- --env NAME|FILE.yaml',
  });
  const {environment, sources} = loadEnvironment(chosen, projectRoot);
  for (const [path, source] of [...sources].sort(([a], [b]) => a.localeCompare(b))) {
    let value: unknown = environment;
    for (const key of path.split('.')) value = isTree(value) ? value[key] : undefined;
    console.log(`${path}: ${JSON.stringify(value)}  # ${source}`);
  }
});
