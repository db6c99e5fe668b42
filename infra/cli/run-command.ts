import {EnvironmentError} from '../environment/errors.ts';
import {CommandError} from './command-error.ts';

/** Runs a command to its end: exit code 0, or another with the reason on stderr. */
export async function runCommand(main: () => Promise<void>): Promise<never> {
  try {
    await main();
    process.exit(0);
  } catch (error) {
    const known = error instanceof CommandError || error instanceof EnvironmentError;
    console.error(known ? error.message : error);
    process.exit(error instanceof CommandError ? error.exitCode : 1);
  }
}
