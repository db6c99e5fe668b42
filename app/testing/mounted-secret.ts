import {mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

/** Files as Kubernetes mounts a Secret: each a link through `..data`, which is swapped in one step. */
export interface MountedSecret {
  path(key: string): string;
  /** Renews all files at once. */
  swap(files: Readonly<Record<string, string>>): void;
  [Symbol.dispose](): void;
}

export function mountSecret(files: Readonly<Record<string, string>>): MountedSecret {
  const folder = mkdtempSync(join(tmpdir(), 'otp-secret-'));
  let version = 0;
  const swap = (contents: Readonly<Record<string, string>>) => {
    const name = `..version-${++version}`;
    mkdirSync(join(folder, name));
    for (const [key, content] of Object.entries(contents)) writeFileSync(join(folder, name, key), content);
    symlinkSync(name, join(folder, '..data_tmp'));
    renameSync(join(folder, '..data_tmp'), join(folder, '..data'));
  };
  swap(files);
  for (const key of Object.keys(files)) symlinkSync(join('..data', key), join(folder, key));
  return {
    path: (key) => join(folder, key),
    swap,
    [Symbol.dispose]: () => rmSync(folder, {recursive: true}),
  };
}
