import {join, relative} from 'node:path';
import {loadEnvironment} from '../environment/load.ts';
import {projectRoot} from '../lib/project-root.ts';
import {readArguments} from './arguments.ts';
import {runCommand} from './run-command.ts';
import {stackFolder, synthesise, synthesisFolder} from './synthesise.ts';
import {typecheck} from './typecheck.ts';

await runCommand(async () => {
  const {environment, stacks} = readArguments(process.argv.slice(2), {
    usage: 'npm run synth -- [--env NAME|FILE.yaml]',
    defaultEnvironment: 'example',
  });
  const loaded = loadEnvironment(environment, projectRoot);
  await Promise.all([typecheck(), synthesise(loaded)]);
  const {name} = loaded;
  for (const stack of stacks)
    console.log(relative(process.cwd(), join(stackFolder(synthesisFolder(name), name, stack), 'cdk.tf.json')));
});
