import {executorNames} from './executors/reached.ts';
import {exitCodes} from './exit-codes.ts';
import {executorsOf} from './faults/fault.ts';
import {scenarios, short} from './scenarios/index.ts';
import {speeds} from './speed.ts';

const NAME_WIDTH = Math.max(...scenarios.map(({name}) => name.length)) + 2;

export function helpText(): string {
  return `npm run chaos -- SCENARIO|short|all [--executor ${executorNames.join('|')}] [--speed ${speeds.join('|')}] [--seeds N]
npm run chaos -- --list

${scenarios.map(({name, claim}) => `  ${name.padEnd(NAME_WIDTH)} ${claim}`).join('\n')}

  ${'short'.padEnd(NAME_WIDTH)} ${short.map(({name}) => name).join(', ')}: at most three minutes
  ${'all'.padEnd(NAME_WIDTH)} every one that the executor can do, one after the other

--seeds N            N runs, with the seeds 1 to N (default 1); a seed decides users, times and fault
--seed S             the first seed, to repeat a run
--speed SPEED        compressed (default): the shortest time-outs that sentinels allow, a run takes less than half a minute;
                     production: theirs, and a minute for an outage
--jobs N             runs side by side (default 1); where they disturb each other, times are not judged
--executor NAME      where service and store run (default processes: on this machine; needs Redis, Valkey, toxiproxy)
                     or kubernetes: pods of the cluster that the command runs in or KUBECONFIG names; needs --url, OTP_API_KEY_FILE and
                     OTP_NAMESPACE, whose label otp/chaos-allowed is true
--url URL            where the service is called there
--service-entry FILE main module of the service (default app/main.ts)

Reports: reports/chaos/SCENARIO/SEED.json (also .html, .history.jsonl, one log a process; summary.json, summary.html)
Exit codes: ${exitCodes.pass} every claim holds, ${exitCodes.fail} a claim is broken, ${exitCodes.usage} wrong arguments,
${exitCodes.invalid} a run was invalid (the fault did not take effect, the service was not steady before, the machine was too busy, or something did not start)
and no claim is broken, ${exitCodes.interrupted} interrupted
`;
}

/** Scenarios × executors. */
export function matrixText(): string {
  const title = ['scenario'.padEnd(NAME_WIDTH), ...executorNames.map((name) => name.padEnd(12)), 'fault'].join('');
  const rows = scenarios.map(({name, fault}) =>
    [
      name.padEnd(NAME_WIDTH),
      ...executorNames.map((executor) => (executorsOf(fault).includes(executor) ? 'yes' : '-').padEnd(12)),
      fault.description,
    ].join(''),
  );
  return `${[title, ...rows].join('\n')}\n`;
}
