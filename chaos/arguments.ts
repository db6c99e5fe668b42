import path from 'node:path';
import {parseArgs} from 'node:util';
import {type ExecutorName, executorNames} from './executors/executor.ts';
import {scenarios} from './scenarios/index.ts';
import type {Scenario} from './scenarios/scenario.ts';

export type ChaosArguments =
  | {readonly kind: 'help'}
  | {readonly kind: 'list'}
  | {
      readonly kind: 'run';
      readonly scenarios: readonly Scenario[];
      readonly executor: ExecutorName;
      readonly seeds: readonly number[];
      readonly serviceEntry: string;
    };

const ALL = 'all';
const SEEDS_MAX = 1_000;

/** Reads the command line. @throws Error whose message is meant for the caller. */
export function parseChaosArguments(argv: readonly string[]): ChaosArguments {
  const {values, positionals} = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      executor: {type: 'string', default: 'processes'},
      seeds: {type: 'string', default: '1'},
      seed: {type: 'string', default: '1'},
      'service-entry': {type: 'string', default: 'app/main.ts'},
      list: {type: 'boolean', default: false},
      help: {type: 'boolean', short: 'h', default: false},
    },
  });
  if (values.help) return {kind: 'help'};
  if (values.list) return {kind: 'list'};
  const executor = executorNamed(values.executor);
  const count = wholeNumber('--seeds', values.seeds, SEEDS_MAX);
  const first = wholeNumber('--seed', values.seed, 2 ** 31);
  return {
    kind: 'run',
    scenarios: chosen(positionals, executor),
    executor,
    seeds: Array.from({length: count}, (_, position) => first + position),
    serviceEntry: path.resolve(values['service-entry']),
  };
}

function executorNamed(name: string): ExecutorName {
  const found = executorNames.find((executor) => executor === name);
  if (found) return found;
  throw new Error(`unknown executor '${name}'; there are: ${executorNames.join(', ')}`);
}

function chosen(positionals: readonly string[], executor: ExecutorName): Scenario[] {
  const names = scenarios.map(({name}) => name).join(', ');
  const [name, ...rest] = positionals;
  if (!name) throw new Error(`name a scenario: ${names}, or ${ALL}`);
  if (rest.length > 0) throw new Error(`one scenario at a time, or ${ALL}; got: ${positionals.join(' ')}`);
  if (name === ALL) {
    const possible = scenarios.filter(({fault}) => fault.executors.includes(executor));
    if (possible.length === 0) throw new Error(`--executor ${executor}: no scenario runs there; see --list`);
    return possible;
  }
  const scenario = scenarios.find((candidate) => candidate.name === name);
  if (!scenario) throw new Error(`unknown scenario '${name}'; there are: ${names}, or ${ALL}`);
  const {fault} = scenario;
  if (!fault.executors.includes(executor)) {
    throw new Error(
      `--executor ${executor} can't do ${fault.name}, which ${name} needs; it runs on: ${fault.executors.join(', ')}`,
    );
  }
  return [scenario];
}

function wholeNumber(option: string, text: string, max: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= max) return value;
  throw new Error(`${option} '${text}': expected a whole number from 1 to ${max}`);
}
