import {type Chart, escaped, timelineChart} from './chart.ts';
import type {ClaimResult, Report} from './report.ts';
import {pageStyle} from './style.ts';

// As many as somebody reads; all of them are in the JSON report.
const VIOLATIONS_SHOWN = 100;

/** A page that stands alone: no script, nothing fetched. What is wrong comes first, then how it came about. */
export function htmlReport(report: Report): string {
  const {scenario, seed, executor, speed, verdict, claim, fault, startedAt, invalidBecause} = report;
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Chaos ${escaped(scenario)} seed ${seed}: ${verdict}</title>
<style>${pageStyle}</style>
<h1>Chaos scenario <em>${escaped(scenario)}</em>: <span class="${verdict}">${verdict}</span></h1>
<p>Claim: ${escaped(claim)}.<br>
Fault: ${escaped(fault)}.<br>
Executor ${executor}, ${speed}, seed ${seed}, started ${escaped(startedAt)}. Again: <code>${escaped(commandOf(report))}</code></p>
${list(invalidBecause.map((reason) => `This run proves nothing: ${reason}`))}
${violationsOf(report)}
<h2>Time line</h2>
${charts(report).map(timelineChart).join('\n')}
<table>${report.timeline.map(({atMs, event}) => `<tr><td>${(atMs / 1000).toFixed(2)} s</td><td>${escaped(event)}</td></tr>`).join('')}</table>
<h2>Claims</h2>
<table><tr><th></th><th>claim</th><th>bound</th><th>measured</th></tr>
${report.claims.toSorted(brokenFirst).map(rowOf).join('\n')}
</table>
<h2>Operations</h2>
<table>${Object.entries(report.outcomes)
    .map(([outcome, count]) => `<tr><td>${escaped(outcome)}</td><td>${count}</td></tr>`)
    .join('')}</table>
<p>Every operation is a line of <a href="${seed}.history.jsonl">${seed}.history.jsonl</a> (the number after # is its place), what each process said is beside it
in <code>${seed}.app-N.log</code>, <code>${seed}.redis-N.log</code>, <code>${seed}.sentinel-N.log</code>.${machineOf(report)}</p>
</html>
`;
}

function commandOf({scenario, seed, executor, speed}: Report): string {
  const where = executor === 'processes' ? '' : ` --executor ${executor} --url …`;
  return `npm run chaos -- ${scenario} --seed ${seed} --speed ${speed}${where}`;
}

/** By claim, so that one that is broken a hundred times does not hide another. */
function violationsOf({violations}: Report): string {
  if (violations.length === 0) return '<h2>Violations</h2>\n<p>None.</p>';
  const byClaim = [...Map.groupBy(violations, ({claim}) => claim)];
  return `<h2>Violations: ${violations.length}</h2>
${byClaim
  .map(([claim, broken]) => {
    const more = broken.length - VIOLATIONS_SHOWN;
    const shown = broken.slice(0, VIOLATIONS_SHOWN).map(({what}) => what);
    return `<details${broken.length > 10 ? '' : ' open'}><summary class="fail">${broken.length}× not: ${escaped(claim)}</summary>
${list(more > 0 ? [...shown, `… and ${more} more in the JSON report`] : shown)}</details>`;
  })
  .join('\n')}`;
}

function brokenFirst(one: ClaimResult, other: ClaimResult): number {
  return Number(one.ok) - Number(other.ok);
}

function rowOf({ok, claim, bound, measured}: ClaimResult): string {
  return `<tr><td class="${ok ? 'ok' : 'fail'}">${ok ? 'holds' : 'broken'}</td><td>${escaped(claim)}</td><td>${escaped(bound)}</td><td>${escaped(measured)}</td></tr>`;
}

function machineOf({machine}: Report): string {
  if (!machine) return '';
  const pressure =
    machine.cpuPressure === undefined ? '' : `, some process for ${Math.round(machine.cpuPressure * 100)} %`;
  return ` The machine kept the runner waiting for at most ${machine.runnerStallMs} ms${pressure} of the time.`;
}

// Told apart side by side; there are hardly more codes than this.
const COLOURS = [
  '#e58a2b',
  '#3b6fb6',
  '#8a4fb0',
  '#5b8c5a',
  '#c2528b',
  '#7a5c3e',
  '#2aa5a0',
  '#b9a12f',
  '#6d7fd6',
  '#9aa5b8',
  '#1c5d3a',
  '#d88fb3',
  '#5a3b8a',
];
// What nobody asked for stands out.
const UNAVAILABLE: Readonly<Record<string, string>> = {store_unavailable: '#d0443a', outcome_unknown: '#7d0f0f'};

function charts({series, faultTimes}: Report): Chart[] {
  const common = {times: series.map(({fromMs}) => fromMs), fault: faultTimes};
  const codes = [...new Set(series.flatMap(({errors}) => Object.keys(errors)))].toSorted();
  return [
    {
      ...common,
      title: 'Answers per quarter of a second',
      layers: [
        {name: 'ok', colour: '#2f9e60', values: series.map(({ok}) => ok)},
        {name: 'refused for what was asked', colour: '#9aa5b8', values: series.map(({refused}) => refused)},
        {name: 'unavailable', colour: '#d0443a', values: series.map(({unavailable}) => unavailable)},
      ],
    },
    {
      ...common,
      title: 'Errors by code',
      layers: codes.map((name, position) => ({
        name,
        colour: UNAVAILABLE[name] ?? COLOURS[position % COLOURS.length] ?? '#9aa5b8',
        values: series.map(({errors}) => errors[name] ?? 0),
      })),
    },
    {
      ...common,
      title: '99th percentile of answers, ms',
      layers: [{name: 'ms', colour: '#3b6fb6', values: series.map(({p99Ms}) => p99Ms)}],
    },
    {
      ...common,
      title: 'Instances that serve from memory',
      layers: [{name: 'instances', colour: '#e58a2b', values: series.map(({inFallback}) => inFallback)}],
    },
  ];
}

function list(items: readonly string[]): string {
  return items.length === 0 ? '' : `<ul>${items.map((item) => `<li>${escaped(item)}</li>`).join('\n')}</ul>`;
}
