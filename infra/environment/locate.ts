import {existsSync, readdirSync} from 'node:fs';
import {basename, join, resolve} from 'node:path';
import {EnvironmentError} from './errors.ts';

export interface Located {
  /** In stack ids, state keys and labels. */
  readonly name: string;
  readonly file: string;
}

const ending = /(\.local)?\.ya?ml$/;

/** `--env NAME` is environments/NAME.local.yaml or environments/NAME.yaml; `--env PATH.yaml` is that file. */
export function locateEnvironment(nameOrPath: string, root: string): Located {
  const folder = join(root, 'environments');
  const candidates = ending.test(nameOrPath)
    ? [resolve(nameOrPath)]
    : [join(folder, `${nameOrPath}.local.yaml`), join(folder, `${nameOrPath}.yaml`)];
  const file = candidates.find((candidate) => existsSync(candidate));
  if (file === undefined) {
    const known = readdirSync(folder)
      .filter((entry) => ending.test(entry))
      .map((entry) => entry.replace(ending, ''));
    throw new EnvironmentError([
      `unknown environment "${nameOrPath}": there is no ${candidates.join(' and no ')}. Known: ${[...new Set(known)].sort().join(', ')}`,
    ]);
  }
  const name = basename(file).replace(ending, '');
  if (!/^[a-z]([-a-z0-9]{0,28}[a-z0-9])?$/.test(name))
    throw new EnvironmentError([
      `${file}: the file's name is the environment's name; got "${name}", expected up to 30 of a-z, 0-9 and "-", beginning with a letter`,
    ]);
  return {name, file};
}
