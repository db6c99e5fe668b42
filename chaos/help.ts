import {executorNames} from './executors/executor.ts';
import {exitCodes} from './exit-codes.ts';
import {scenarios} from './scenarios/index.ts';

export function helpText(): string {
  return `npm run chaos -- SCENARIO|all [--executor ${executorNames.join('|')}] [--seeds N]
npm run chaos -- --list

${scenarios.map(({name, claim}) => `  ${name.padEnd(20)} ${claim}`).join('\n')}

--seeds N            N runs, with the seeds 1 to N (default 1); a seed decides users, times and fault
--seed S             the first seed, to repeat a run
--executor NAME      where service and store run (default processes: on this machine; needs redis-server)
--service-entry FILE main module of the service (default app/main.ts)

Reports: reports/chaos/SCENARIO/SEED.json (also .html, .history.jsonl, .service.log, .redis.log)
Exit codes: ${exitCodes.pass} every claim holds, ${exitCodes.fail} a claim is broken, ${exitCodes.usage} wrong arguments,
${exitCodes.invalid} a run was invalid (the fault did not take effect, the service was not steady before, the machine was too busy, or something did not start)
and no claim is broken, ${exitCodes.interrupted} interrupted
`;
}

/** Scenarios × executors. */
export function matrixText(): string {
  const title = ['scenario'.padEnd(20), ...executorNames.map((name) => name.padEnd(12)), 'fault'].join('');
  const rows = scenarios.map(({name, fault}) =>
    [
      name.padEnd(20),
      ...executorNames.map((executor) => (fault.executors.includes(executor) ? 'yes' : '-').padEnd(12)),
      fault.description,
    ].join(''),
  );
  return `${[title, ...rows].join('\n')}\n`;
}
