import {join} from 'node:path';
import {loadEnvironment} from '../environment/load.ts';
import {stackId} from '../lib/names.ts';
import {projectRoot} from '../lib/project-root.ts';
import {readArguments} from './arguments.ts';
import {runCdktf} from './cdktf.ts';
import {runCommand} from './run-command.ts';
import {typecheck} from './typecheck.ts';

await runCommand(async () => {
  const {environment, stacks} = readArguments(process.argv.slice(2), {
    usage: 'npm run synth -- [--env NAME|FILE.yaml]',
    defaultEnvironment: 'example',
  });
  const {name, file} = loadEnvironment(environment, projectRoot);
  typecheck();
  await runCdktf({environmentName: name, environmentFile: file, args: ['synth']});
  for (const stack of stacks) console.log(join('cdktf.out', name, 'stacks', stackId(name, stack), 'cdk.tf.json'));
});
