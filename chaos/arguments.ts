import {existsSync} from 'node:fs';
import path from 'node:path';
import {parseArgs} from 'node:util';
import {type ExecutorName, executorNames} from './executors/reached.ts';
import {executorsOf} from './faults/fault.ts';
import {scenarios, short} from './scenarios/index.ts';
import type {Scenario} from './scenarios/scenario.ts';
import {type Speed, speeds} from './speed.ts';

export type ChaosArguments =
  | {readonly kind: 'help'}
  | {readonly kind: 'list'}
  | {
      readonly kind: 'run';
      readonly scenarios: readonly Scenario[];
      readonly executor: ExecutorName;
      readonly speed: Speed;
      readonly seeds: readonly number[];
      /** Runs side by side. */
      readonly jobs: number;
      readonly serviceEntry: string;
      /** Where the service is called, of the executor that does not start it. */
      readonly url: string;
    };

const ALL = 'all';
const SHORT = 'short';
const SEEDS_MAX = 1_000;
const JOBS_MAX = 16;

/** Reads the command line. @throws Error whose message is meant for the caller. */
export function parseChaosArguments(argv: readonly string[]): ChaosArguments {
  const {values, positionals} = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      executor: {type: 'string', default: 'processes'},
      seeds: {type: 'string', default: '1'},
      seed: {type: 'string', default: '1'},
      speed: {type: 'string'},
      url: {type: 'string', default: ''},
      jobs: {type: 'string', default: '1'},
      'service-entry': {type: 'string', default: 'app/main.ts'},
      list: {type: 'boolean', default: false},
      help: {type: 'boolean', short: 'h', default: false},
    },
  });
  if (values.help) return {kind: 'help'};
  if (values.list) return {kind: 'list'};
  const executor = oneOf('executor', executorNames, values.executor);
  const count = wholeNumber('--seeds', values.seeds, SEEDS_MAX);
  const first = wholeNumber('--seed', values.seed, 2 ** 31);
  return {
    kind: 'run',
    scenarios: chosen(positionals, executor),
    executor,
    // Pods have the time-outs of production, whatever is wished for.
    speed: oneOf('speed', speeds, values.speed ?? (executor === 'kubernetes' ? 'production' : 'compressed')),
    jobs: wholeNumber('--jobs', values.jobs, JOBS_MAX),
    seeds: Array.from({length: count}, (_, position) => first + position),
    serviceEntry: entryFor(executor, values['service-entry']),
    url: urlFor(executor, values.url),
  };
}

function oneOf<Name extends string>(what: string, names: readonly Name[], given: string): Name {
  const found = names.find((name) => name === given);
  if (found) return found;
  throw new Error(`unknown ${what} '${given}'; there are: ${names.join(', ')}`);
}

function chosen(positionals: readonly string[], executor: ExecutorName): readonly Scenario[] {
  const names = scenarios.map(({name}) => name).join(', ');
  const [name, ...rest] = positionals;
  if (!name) throw new Error(`name a scenario: ${names}, ${SHORT} or ${ALL}`);
  if (rest.length > 0) throw new Error(`one scenario at a time, ${SHORT} or ${ALL}; got: ${positionals.join(' ')}`);
  const set = name === ALL ? scenarios : name === SHORT ? short : undefined;
  if (set) {
    const possible = set.filter(({fault}) => executorsOf(fault).includes(executor));
    if (possible.length === 0) throw new Error(`--executor ${executor}: no scenario of ${name} runs there; see --list`);
    return possible;
  }
  const scenario = scenarios.find((candidate) => candidate.name === name);
  if (!scenario) throw new Error(`unknown scenario '${name}'; there are: ${names}, ${SHORT} and ${ALL}`);
  const {fault} = scenario;
  if (!executorsOf(fault).includes(executor)) {
    const able = executorsOf(fault).join(', ');
    throw new Error(`--executor ${executor} can't do ${fault.name}, which ${name} needs; it runs on: ${able}`);
  }
  return [scenario];
}

function entryFor(executor: ExecutorName, given: string): string {
  const entry = path.resolve(given);
  if (executor !== 'processes' || existsSync(entry)) return entry;
  throw new Error(`--service-entry '${given}': there is no file ${entry}`);
}

function urlFor(executor: ExecutorName, given: string): string {
  if (executor === 'processes') return given;
  if (URL.canParse(given) && /^https?:/.test(given)) return given.replace(/\/$/, '');
  throw new Error(`--url '${given}': --executor ${executor} needs the http or https address of the service`);
}

function wholeNumber(option: string, text: string, max: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= max) return value;
  throw new Error(`${option} '${text}': expected a whole number from 1 to ${max}`);
}
