import {rmSync} from 'node:fs';
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';

/** Where a part of the lab puts what it writes. */
export interface Workplace extends AsyncDisposable {
  readonly directory: string;
  logFile(name: string): string;
}

// A process that was just killed may still be seen to write.
const removal = {recursive: true, force: true, maxRetries: 3} as const;
const open = new Set<string>();
// The last resort, for an end that no `finally` sees.
process.on('exit', () => {
  for (const directory of open) rmSync(directory, removal);
});

/**
 * A directory that is gone afterwards.
 * @param logPath where logs go, without ending: these stay. @default into the directory
 */
export async function openWorkplace(logPath?: string): Promise<Workplace> {
  const directory = await mkdtemp(path.join(tmpdir(), 'otp-lab-'));
  open.add(directory);
  return {
    directory,
    logFile: (name) => (logPath === undefined ? path.join(directory, `${name}.log`) : `${logPath}.${name}.log`),
    async [Symbol.asyncDispose]() {
      await rm(directory, removal);
      open.delete(directory);
    },
  };
}
