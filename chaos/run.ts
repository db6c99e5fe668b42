import {mkdir, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {type ChaosArguments, parseChaosArguments} from './arguments.ts';
import type {Executor} from './executors/executor.ts';
import {exitCodes} from './exit-codes.ts';
import {helpText, matrixText} from './help.ts';
import {limited} from './limited.ts';
import {htmlReport} from './report/html.ts';
import {type Report, reportOf} from './report/report.ts';
import {htmlSummary, jsonSummary, textSummary} from './report/summary.ts';
import {textReport} from './report/text.ts';
import {type Recording, runScenario} from './run-scenario.ts';
import type {Scenario} from './scenarios/scenario.ts';
import type {Speed} from './speed.ts';
import {type Judgement, judge} from './verdict.ts';

const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  // Again and again: a second Ctrl-C must not cut the healing short.
  process.on(signal, () => {
    process.stderr.write('interrupted: healing and stopping\n');
    interrupted.abort();
  });
}

async function main(argv: readonly string[]): Promise<number> {
  const options = parsed(argv);
  switch (options.kind) {
    case 'usage':
      process.stderr.write(`${options.message}\n`);
      return exitCodes.usage;
    case 'help':
      process.stdout.write(helpText());
      return exitCodes.pass;
    case 'list':
      process.stdout.write(matrixText());
      return exitCodes.pass;
    case 'run':
      return await runAll(options);
  }
}

function parsed(argv: readonly string[]): ChaosArguments | {kind: 'usage'; message: string} {
  try {
    return parseChaosArguments(argv);
  } catch (error) {
    return {kind: 'usage', message: error instanceof Error ? error.message : String(error)};
  }
}

async function runAll(options: ChaosArguments & {kind: 'run'}): Promise<number> {
  const {scenarios, seeds, jobs, speed} = options;
  const executor = await executorOf(options);
  const runs = scenarios.flatMap((scenario) => seeds.map((seed) => ({scenario, seed})));
  const reports = await limited(runs, jobs, async ({scenario, seed}) => {
    if (interrupted.signal.aborted) return [];
    const report = await runOne(scenario, executor, speed, seed);
    process.stdout.write(`${textReport(report)}\n`);
    return [report];
  });
  if (interrupted.signal.aborted) return exitCodes.interrupted;
  return await conclude(reports.flat());
}

/** Each brings what the other does not need, and may not be there: so none is loaded before it is asked for. */
async function executorOf({executor, serviceEntry, url}: ChaosArguments & {kind: 'run'}): Promise<Executor> {
  switch (executor) {
    case 'processes': {
      const {processes} = await import('./executors/processes.ts');
      return processes({serviceEntry});
    }
    case 'kubernetes': {
      const {kubernetes} = await import('./executors/kubernetes/kubernetes.ts');
      return kubernetes({url, environment: process.env});
    }
  }
}

/** Says what all runs together showed, where there are several. */
async function conclude(reports: readonly Report[]): Promise<number> {
  if (reports.length > 1) {
    const directory = path.resolve('reports', 'chaos');
    await writeFile(path.join(directory, 'summary.json'), `${JSON.stringify(jsonSummary(reports), null, 2)}\n`);
    await writeFile(path.join(directory, 'summary.html'), htmlSummary(reports));
    process.stdout.write(textSummary(reports));
  }
  const verdicts = new Set(reports.map(({verdict}) => verdict));
  if (verdicts.has('fail')) return exitCodes.fail;
  return verdicts.has('invalid') ? exitCodes.invalid : exitCodes.pass;
}

async function runOne(scenario: Scenario, executor: Executor, speed: Speed, seed: number): Promise<Report> {
  const directory = path.resolve('reports', 'chaos', scenario.name);
  await mkdir(directory, {recursive: true});
  const logPath = path.join(directory, String(seed));
  const startedAt = new Date().toISOString();
  const [recording, judgement] = await recordAndJudge(scenario, executor, speed, seed, logPath);
  const report = reportOf({scenario, seed, speed, executor: executor.name, startedAt, recording, judgement});
  await writeFile(`${logPath}.json`, `${JSON.stringify(report, null, 2)}\n`);
  await writeFile(`${logPath}.html`, htmlReport(report));
  await writeFile(
    `${logPath}.history.jsonl`,
    (recording?.operations ?? []).map((operation) => `${JSON.stringify(operation)}\n`).join(''),
  );
  return report;
}

/** A run that could not be brought to its end proves nothing: that is a verdict too, with the reason. */
async function recordAndJudge(
  scenario: Scenario,
  executor: Executor,
  speed: Speed,
  seed: number,
  logPath: string,
): Promise<[Recording | undefined, Judgement]> {
  try {
    const recording = await runScenario({scenario, executor, speed, seed, logPath, signal: interrupted.signal});
    return [recording, judge(scenario, recording)];
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return [undefined, {verdict: 'invalid', invalidBecause: [reason], findings: []}];
  }
}

process.exitCode = await main(process.argv.slice(2));
