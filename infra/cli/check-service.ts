import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {stringify} from 'yaml';
import type {LoadedEnvironment} from '../environment/load.ts';
import {projectRoot} from '../lib/project-root.ts';
import {secretFilesIn, secretPath, secretsFolder} from '../secrets/files.ts';
import {CommandError} from './command-error.ts';
import {runProgram} from './run-program.ts';

/** Passes for a password as well as for a SHA-256: what the Secrets hold is not looked at here. */
const placeholder = '0'.repeat(64);

/**
 * Has the service's own check read the configuration as its pods would, with stand-ins where Secrets are: pods that
 * refuse their configuration would fail one roll-out after the other.
 * @throws CommandError with every fault.
 */
export async function checkService({file, environment: {service}}: LoadedEnvironment): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'otp-service-'));
  try {
    const standIn = (path: string) => path.replaceAll(secretsFolder, folder);
    for (const secret of secretFilesIn(service)) {
      const path = standIn(secretPath(secret));
      mkdirSync(dirname(path), {recursive: true});
      writeFileSync(path, placeholder);
    }
    const configuration = join(folder, 'otp.yaml');
    writeFileSync(configuration, standIn(stringify(service)));
    const {exitCode, output} = await runProgram(process.execPath, ['app/config/check.ts', configuration], {
      cwd: projectRoot,
      // Of this shell nothing: the pods get no variable that the configuration could name.
      env: {},
    });
    if (exitCode !== 0)
      throw new CommandError(
        output.trim().replaceAll(configuration, `${file}: service`).replaceAll(folder, secretsFolder),
      );
  } finally {
    rmSync(folder, {recursive: true});
  }
}
