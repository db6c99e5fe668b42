import {type Chart, escaped, timelineChart} from './chart.ts';
import type {Report} from './report.ts';
import {pageStyle} from './style.ts';

/** A page that stands alone: no script, nothing fetched. */
export function htmlReport(report: Report): string {
  const {
    scenario,
    seed,
    executor,
    speed,
    verdict,
    claim,
    fault,
    startedAt,
    claims,
    violations,
    invalidBecause,
    timeline,
    outcomes,
  } = report;
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Chaos ${escaped(scenario)} seed ${seed}: ${verdict}</title>
<style>${pageStyle}</style>
<h1>Chaos scenario <em>${escaped(scenario)}</em>: <span class="${verdict}">${verdict}</span></h1>
<p>${escaped(claim)}.</p>
<p>Fault: ${escaped(fault)}. Executor ${executor}, ${speed}, seed ${seed}, started ${escaped(startedAt)}.</p>
${list(invalidBecause.map((reason) => `This run proves nothing: ${reason}`))}
<h2>Time line</h2>
${charts(report).map(timelineChart).join('\n')}
<table>${timeline.map(({atMs, event}) => `<tr><td>${(atMs / 1000).toFixed(2)} s</td><td>${escaped(event)}</td></tr>`).join('')}</table>
<h2>Claims</h2>
<table><tr><th></th><th>claim</th><th>bound</th><th>measured</th></tr>
${claims.map((result) => `<tr><td class="${result.ok ? 'ok' : 'fail'}">${result.ok ? 'holds' : 'broken'}</td><td>${escaped(result.claim)}</td><td>${escaped(result.bound)}</td><td>${escaped(result.measured)}</td></tr>`).join('\n')}
</table>
<h2>Operations</h2>
<table>${Object.entries(outcomes)
    .map(([outcome, count]) => `<tr><td>${escaped(outcome)}</td><td>${count}</td></tr>`)
    .join('')}</table>
<h2>Violations</h2>
${violations.length > 0 ? list(violations.map(({claim: broken, what}) => `${broken}: ${what}`)) : '<p>None.</p>'}
</html>
`;
}

const COLOURS = ['#d0443a', '#e58a2b', '#8a4fb0', '#3b6fb6', '#7a5c3e', '#c2528b', '#5b8c5a', '#9aa5b8'];

function charts({series, faultTimes}: Report): Chart[] {
  const common = {times: series.map(({fromMs}) => fromMs), fault: faultTimes};
  const codes = [...new Set(series.flatMap(({errors}) => Object.keys(errors)))].toSorted();
  return [
    {
      ...common,
      title: 'Answers per interval',
      layers: [
        {name: 'ok', colour: '#2f9e60', values: series.map(({ok}) => ok)},
        {name: 'refused', colour: '#9aa5b8', values: series.map(({refused}) => refused)},
        {name: 'unavailable', colour: '#d0443a', values: series.map(({unavailable}) => unavailable)},
      ],
    },
    {
      ...common,
      title: 'Errors per interval, by code',
      layers: codes.map((name, position) => ({
        name,
        colour: COLOURS[position % COLOURS.length] ?? '#9aa5b8',
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
