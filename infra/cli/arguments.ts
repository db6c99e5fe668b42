import {parseArgs} from 'node:util';
import {type StackName, stackNames} from '../lib/names.ts';
import {CommandError} from './command-error.ts';

export interface Arguments {
  /** What follows `--env`: a name or a path. */
  readonly environment: string;
  /** The stacks that were named; all when none was. */
  readonly stacks: readonly StackName[];
  readonly all: boolean;
  /** What follows `--yes`: the environment's name, in place of the question. */
  readonly yes: string | undefined;
  readonly out: string | undefined;
}

export interface Accepts {
  readonly usage: string;
  readonly defaultEnvironment?: string;
  readonly stacks?: boolean;
  readonly all?: boolean;
  readonly out?: boolean;
}

/** @throws CommandError with the usage on anything that the command does not take. */
export function readArguments(argv: readonly string[], accepts: Accepts): Arguments {
  const usage = `usage: ${accepts.usage}`;
  const {values, positionals} = parse(argv, accepts, usage);
  const environment = values.env ?? accepts.defaultEnvironment;
  if (typeof environment !== 'string' || environment === '') throw new CommandError(`--env NAME is required\n${usage}`);
  const stacks = positionals.map((name) => {
    const stack = stackNames.find((known) => known === name);
    if (stack === undefined)
      throw new CommandError(`unknown stack "${name}", expected ${stackNames.join(', ')}\n${usage}`);
    return stack;
  });
  return {
    environment,
    stacks: stacks.length === 0 ? stackNames : stackNames.filter((name) => stacks.includes(name)),
    all: values.all === true,
    yes: typeof values.yes === 'string' ? values.yes : undefined,
    out: typeof values.out === 'string' ? values.out : undefined,
  };
}

function parse(argv: readonly string[], {stacks = false, all = false, out = false}: Accepts, usage: string) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: stacks,
      options: {
        env: {type: 'string'},
        ...(all ? ({all: {type: 'boolean'}, yes: {type: 'string'}} as const) : {}),
        ...(out ? ({out: {type: 'string'}} as const) : {}),
      },
    }) as {values: Record<string, string | boolean | undefined>; positionals: string[]};
  } catch (error) {
    throw new CommandError(`${error instanceof Error ? error.message : error}\n${usage}`);
  }
}
