import {spawnSync} from 'node:child_process';

/** Which cores the measured server has to itself, and which everything else shares; lists as `taskset` takes them. */
export interface Cores {
  readonly server: string;
  readonly others: string;
}

/**
 * Moves this process, and with it what it starts from now on, off the core that the server gets. Undefined where there
 * is no `taskset` (util-linux) or only one core: the kernel then places everything as it likes.
 */
export function separateCores(): Cores | undefined {
  const shown = taskset('--pid', String(process.pid));
  const cores = shown === undefined ? [] : parseCoreList(shown.slice(shown.lastIndexOf(':') + 1));
  const [server, ...others] = cores;
  if (server === undefined || others.length === 0) return undefined;
  const split = {server: String(server), others: others.join(',')};
  return taskset('--all-tasks', '--pid', split.others, String(process.pid)) === undefined ? undefined : split;
}

/** `0,2-4` as numbers. */
export function parseCoreList(list: string): number[] {
  return list
    .trim()
    .split(',')
    .flatMap((part) => {
      const [first, last = first] = part.split('-').map(Number);
      if (first === undefined || last === undefined || !Number.isInteger(first) || !Number.isInteger(last)) return [];
      return Array.from({length: last - first + 1}, (_, index) => first + index);
    });
}

function taskset(...args: string[]): string | undefined {
  const {status, stdout, error} = spawnSync('taskset', ['--cpu-list', ...args], {encoding: 'utf8'});
  return error !== undefined || status !== 0 ? undefined : stdout;
}
