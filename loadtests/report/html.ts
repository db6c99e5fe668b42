import type {LoadResult} from './result.ts';

/** A page that stands alone: no script, nothing fetched. */
export function htmlReport(result: LoadResult): string {
  const {profile, flow, target, verdict} = result;
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Load ${escaped(profile)}: ${verdict}</title>
<style>
body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1c2330}
table{border-collapse:collapse;margin:1rem 0}
th,td{text-align:left;padding:.25rem .8rem;border-bottom:1px solid #d8dde6}
td.number{text-align:right;font-variant-numeric:tabular-nums}
.pass{color:#14713a}.fail{color:#b3261e}
</style>
<h1>Load profile <em>${escaped(profile)}</em>: <span class="${verdict}">${verdict}</span></h1>
<p>Flow ${escaped(flow)} against ${escaped(target)}, finished ${escaped(result.finishedAt)}:
${result.journeys} journeys in ${result.durationSeconds} s (${result.journeysPerSecond} per second, at the end ${result.lastRatePerSecond}), ${result.droppedIterations} dropped.</p>
<h2>Objectives</h2>
${table(
  ['', 'metric', 'objective', 'measured'],
  result.objectives.map(({ok, metric, objective, measured}) => [ok ? 'ok' : 'broken', metric, objective, measured]),
)}
<h2>Latency, ms</h2>
${table(
  ['operation', 'median', 'p95', 'p99', 'max'],
  Object.entries(result.latencyMs).map(([name, {median, p95, p99, max}]) => [name, median, p95, p99, max]),
)}
<h2>Answers by flow and outcome</h2>
${table(
  ['flow', 'outcome', 'answers'],
  Object.entries(result.outcomes).flatMap(([name, counts]) =>
    Object.entries(counts).map(([outcome, count]) => [name, outcome, count]),
  ),
)}
<h2>Journeys that ended as expected</h2>
${table(
  ['flow', 'share'],
  Object.entries(result.journeysAsExpected).map(([name, share]) => [name, share]),
)}
</html>
`;
}

function table(titles: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const head = titles.map((title) => `<th>${escaped(title)}</th>`).join('');
  const body = rows.map((row) => `<tr>${row.map(cell).join('')}</tr>`).join('\n');
  return `<table><tr>${head}</tr>\n${body}</table>`;
}

function cell(value: string | number): string {
  if (typeof value === 'string') return `<td>${escaped(value)}</td>`;
  return `<td class="number">${Number.isInteger(value) ? value : value.toFixed(4)}</td>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
