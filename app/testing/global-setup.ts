import {spawnSync} from 'node:child_process';

/** The tests run against real programs: says what to install where one is missing, before any test fails for it. */
export default function setup(): void {
  const {error} = spawnSync('redis-server', ['--version']);
  if (error)
    throw new Error(
      'redis-server is not on the PATH. Install it: the package is redis-server on Debian and Ubuntu, redis on Fedora, Alpine and Homebrew.',
    );
}
