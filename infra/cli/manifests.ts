import {mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join, relative} from 'node:path';
import {loadEnvironment} from '../environment/load.ts';
import {stackNames} from '../lib/names.ts';
import {projectRoot} from '../lib/project-root.ts';
import {manifestsOf} from '../plain/manifests.ts';
import {kubernetesYaml} from '../plain/yaml.ts';
import {readArguments} from './arguments.ts';
import {runCommand} from './run-command.ts';
import {stackFolder, synthesise} from './synthesise.ts';
import {typecheck} from './typecheck.ts';

await runCommand(async () => {
  const {environment, out} = readArguments(process.argv.slice(2), {
    usage: 'npm run manifests -- [--env NAME|FILE.yaml] [--out FOLDER]',
    defaultEnvironment: 'example',
    out: true,
  });
  const loaded = loadEnvironment(environment, projectRoot);
  const {name} = loaded;
  const synthesised = mkdtempSync(join(tmpdir(), 'otp-manifests-'));
  try {
    await Promise.all([typecheck(), synthesise(loaded, synthesised)]);
    const folder = out ?? join(projectRoot, 'manifests', name);
    mkdirSync(folder, {recursive: true});
    for (const [index, stack] of stackNames.entries()) {
      const json: unknown = JSON.parse(
        readFileSync(join(stackFolder(synthesised, name, stack), 'cdk.tf.json'), 'utf8'),
      );
      // Numbered: `kubectl apply -f FOLDER` goes by name.
      const target = join(folder, `${index + 1}-${stack}.yaml`);
      const manifests = manifestsOf(Object(json));
      // One of an earlier run would be applied along with the others.
      rmSync(target, {force: true});
      if (manifests.length === 0) continue;
      writeFileSync(target, manifests.map(kubernetesYaml).join('---\n'));
      console.log(relative(process.cwd(), target));
    }
  } finally {
    rmSync(synthesised, {recursive: true});
  }
});
