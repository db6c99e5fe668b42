import {type Chart, escaped, timelineChart} from './chart.ts';
import type {Report} from './report.ts';

/** A page that stands alone: no script, nothing fetched. */
export function htmlReport(report: Report): string {
  const {
    scenario,
    seed,
    executor,
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
<style>
body{font:15px/1.5 system-ui,sans-serif;max-width:64rem;margin:2rem auto;padding:0 1rem;color:#1c2330}
table{border-collapse:collapse;margin:1rem 0}
th,td{text-align:left;vertical-align:top;padding:.25rem .8rem;border-bottom:1px solid #d8dde6}
.pass,.ok{color:#14713a}.fail{color:#b3261e}.invalid{color:#8a5a00}
svg{width:100%;height:auto}svg text{font:11px system-ui,sans-serif;fill:#4a5568}
</style>
<h1>Chaos scenario <em>${escaped(scenario)}</em>: <span class="${verdict}">${verdict}</span></h1>
<p>${escaped(claim)}.</p>
<p>Fault: ${escaped(fault)}. Executor ${executor}, seed ${seed}, started ${escaped(startedAt)}.</p>
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

function charts({series, faultTimes}: Report): Chart[] {
  const common = {times: series.map(({fromMs}) => fromMs), fault: faultTimes};
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
      title: 'Longest answer, ms',
      layers: [{name: 'ms', colour: '#3b6fb6', values: series.map(({longestMs}) => longestMs)}],
    },
  ];
}

function list(items: readonly string[]): string {
  return items.length === 0 ? '' : `<ul>${items.map((item) => `<li>${escaped(item)}</li>`).join('\n')}</ul>`;
}
