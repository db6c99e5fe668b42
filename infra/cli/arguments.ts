import {parseArgs} from 'node:util';
import {type StackName, stackNames} from '../lib/names.ts';
import {CommandError} from './command-error.ts';

export interface Arguments<Choice extends string = never> {
  /** What follows `--env`: a name or a path. */
  readonly environment: string;
  /** The stacks that were named; all when none was. */
  readonly stacks: readonly StackName[];
  readonly all: boolean;
  /** What follows `--yes`: the environment's name, in place of the question. */
  readonly yes: string | undefined;
  readonly out: string | undefined;
  readonly secret: string | undefined;
  /** The one of `choices` that was named. */
  readonly choice: Choice;
}

export interface Accepts<Choice extends string = never> {
  readonly usage: string;
  readonly defaultEnvironment?: string;
  readonly stacks?: boolean;
  readonly all?: boolean;
  readonly out?: boolean;
  readonly secret?: boolean;
  /** `--yes` without `--all`. */
  readonly yes?: boolean;
  /** One of these words has to be named. */
  readonly choices?: readonly Choice[];
}

/** @throws CommandError with the usage on anything that the command does not take. */
export function readArguments<Choice extends string = never>(
  argv: readonly string[],
  accepts: Accepts<Choice>,
): Arguments<Choice> {
  const usage = `usage: ${accepts.usage}`;
  const {values, positionals} = parse(argv, accepts, usage);
  const environment = values.env ?? accepts.defaultEnvironment;
  if (typeof environment !== 'string' || environment === '') throw new CommandError(`--env NAME is required\n${usage}`);
  const choice = accepts.choices === undefined ? undefined : chosenOf(accepts.choices, positionals, usage);
  const stacks = (choice === undefined ? positionals : []).map((name) => {
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
    secret: typeof values.secret === 'string' ? values.secret : undefined,
    // Without `choices` its type has no values, so that nobody reads it.
    choice: choice as Choice,
  };
}

function chosenOf<Choice extends string>(
  choices: readonly Choice[],
  positionals: readonly string[],
  usage: string,
): Choice {
  const [first, ...more] = positionals;
  const choice = choices.find((known) => known === first);
  if (choice === undefined || more.length > 0)
    throw new CommandError(`got "${positionals.join(' ')}", expected one of ${choices.join(', ')}\n${usage}`);
  return choice;
}

function parse(
  argv: readonly string[],
  {stacks = false, all = false, yes = all, out = false, secret = false, choices}: Accepts<string>,
  usage: string,
) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: stacks || choices !== undefined,
      options: {
        env: {type: 'string'},
        ...(all ? ({all: {type: 'boolean'}} as const) : {}),
        ...(yes ? ({yes: {type: 'string'}} as const) : {}),
        ...(out ? ({out: {type: 'string'}} as const) : {}),
        ...(secret ? ({secret: {type: 'string'}} as const) : {}),
      },
    }) as {values: Record<string, string | boolean | undefined>; positionals: string[]};
  } catch (error) {
    throw new CommandError(`${error instanceof Error ? error.message : error}\n${usage}`);
  }
}
