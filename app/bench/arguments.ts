import {parseArgs} from 'node:util';

export interface BenchOptions {
  /** How often service, floor and bare take turns. */
  readonly rounds: number;
  /** How long each is under load per round and operation. */
  readonly seconds: number;
  /** Verifications that one process creates and approves before its memory is looked at. */
  readonly cycles: number;
  /** Where the service leaves a CPU profile of the whole run; it then runs a little slower. */
  readonly profileDirectory?: string;
}

export const million = 1_000_000;

export const usage = `npm run bench -- [--rounds N] [--seconds N] [--cycles N | --million] [--profile DIRECTORY]
npm run bench -- --fallback-memory

  --rounds N           how often service, floor and bare take turns (default 7, 1 to 100)
  --seconds N          load per turn and operation (default 1, 0.2 to 60)
  --cycles N           verifications before the memory is looked at (default 20000, 1000 to ${million})
  --million            the same as --cycles ${million}; takes some eight minutes
  --profile DIRECTORY  leaves a CPU profile of the service there
  --fallback-memory    only what a process takes that holds 100,000 verifications while Redis is away; half a minute`;

/** A sentence for whoever typed the command line. */
export class UsageError extends Error {}

/** Reads the command line; 'help' or 'fallback-memory' if that is what it asks for. Throws `UsageError`. */
export function parseArguments(args: readonly string[]): BenchOptions | 'help' | 'fallback-memory' {
  const values = read(args);
  if (values.help) return 'help';
  if (values['fallback-memory']) return 'fallback-memory';
  if (values.million && values.cycles !== undefined) throw new UsageError('--cycles and --million exclude each other');
  return {
    rounds: number('--rounds', values.rounds, {fallback: 7, min: 1, max: 100, whole: true}),
    seconds: number('--seconds', values.seconds, {fallback: 1, min: 0.2, max: 60, whole: false}),
    cycles: values.million
      ? million
      : number('--cycles', values.cycles, {fallback: 20_000, min: 1000, max: million, whole: true}),
    ...(values.profile === undefined ? {} : {profileDirectory: values.profile}),
  };
}

function read(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        rounds: {type: 'string'},
        seconds: {type: 'string'},
        cycles: {type: 'string'},
        million: {type: 'boolean', default: false},
        profile: {type: 'string'},
        'fallback-memory': {type: 'boolean', default: false},
        help: {type: 'boolean', short: 'h', default: false},
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function number(
  name: string,
  text: string | undefined,
  {fallback, min, max, whole}: {fallback: number; min: number; max: number; whole: boolean},
): number {
  if (text === undefined) return fallback;
  const value = Number(text);
  if (text.trim() === '' || !(value >= min && value <= max) || (whole && !Number.isInteger(value)))
    throw new UsageError(`${name}: "${text}", expected a ${whole ? 'whole ' : ''}number from ${min} to ${max}`);
  return value;
}
