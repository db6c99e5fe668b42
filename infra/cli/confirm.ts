import {createInterface} from 'node:readline/promises';
import {CommandError} from './command-error.ts';

/** Has the operator type the environment's name, unless `--yes NAME` did. @throws CommandError when it is not that name. */
export async function confirm(question: string, name: string, yes: string | undefined): Promise<void> {
  const answer = yes ?? (await ask(`${question}\nType "${name}" to go on: `));
  if (answer !== name)
    throw new CommandError(`not confirmed: got "${answer}", expected "${name}"; nothing was removed`);
}

async function ask(question: string): Promise<string> {
  if (!process.stdin.isTTY) throw new CommandError(`${question}\nno terminal to ask on: pass --yes NAME`);
  const terminal = createInterface({input: process.stdin, output: process.stdout});
  try {
    return (await terminal.question(question)).trim();
  } finally {
    terminal.close();
  }
}
