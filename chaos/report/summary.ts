import type {Verdict} from '../verdict.ts';
import {escaped} from './chart.ts';
import type {ClaimResult, Report} from './report.ts';
import {pageStyle} from './style.ts';

/** One claim of one scenario over all seeds. */
interface SummaryRow {
  readonly scenario: string;
  readonly claim: string;
  readonly bound: string;
  /** Of the worst run: one that broke it, and the one that tried it hardest. */
  readonly measured: string;
  readonly verdict: Verdict;
  readonly runs: number;
  /** Runs in which the claim is broken. */
  readonly broken: number;
  /** Runs that prove nothing. */
  readonly invalid: number;
}

/** Content of `reports/chaos/summary.json`. */
export interface Summary {
  readonly runs: number;
  readonly passed: number;
  readonly failed: number;
  readonly invalid: number;
  readonly rows: readonly SummaryRow[];
  readonly invalidBecause: readonly {
    readonly scenario: string;
    readonly seed: number;
    readonly reasons: readonly string[];
  }[];
}

export function jsonSummary(reports: readonly Report[]): Summary {
  const count = (verdict: Verdict) => reports.filter((report) => report.verdict === verdict).length;
  return {
    runs: reports.length,
    passed: count('pass'),
    failed: count('fail'),
    invalid: count('invalid'),
    rows: [...Map.groupBy(reports, ({scenario}) => scenario).values()].flatMap(rowsOf),
    invalidBecause: reports
      .filter(({verdict}) => verdict === 'invalid')
      .map(({scenario, seed, invalidBecause}) => ({scenario, seed, reasons: invalidBecause})),
  };
}

function rowsOf(runs: readonly Report[]): SummaryRow[] {
  const invalid = runs.filter(({verdict}) => verdict === 'invalid').length;
  const byClaim = Map.groupBy(
    runs.flatMap(({scenario, claims}) => claims.map((result) => ({scenario, result}))),
    ({result}) => result.claim,
  );
  const rows = [...byClaim].map(([claim, results]): SummaryRow => {
    const broken = results.filter(({result}) => !result.ok);
    const shown = worstOf((broken.length > 0 ? broken : results).map(({result}) => result));
    return {
      scenario: results[0]?.scenario ?? '',
      claim,
      bound: shown?.bound ?? '',
      measured: shown?.measured ?? '',
      verdict: broken.length > 0 ? 'fail' : invalid === runs.length ? 'invalid' : 'pass',
      runs: runs.length,
      broken: broken.length,
      invalid,
    };
  });
  if (rows.length > 0) return rows;
  const [first] = runs;
  const nothing = {
    claim: '-',
    bound: '-',
    measured: first?.invalidBecause.join('; ') ?? '',
    verdict: 'invalid',
  } as const;
  return [{...nothing, scenario: first?.scenario ?? '', runs: runs.length, broken: 0, invalid}];
}

function worstOf(results: readonly ClaimResult[]): ClaimResult | undefined {
  return results.toSorted(({strain: one = 0}, {strain: other = 0}) => other - one)[0];
}

/** The table on the terminal. */
export function textSummary(reports: readonly Report[]): string {
  const {runs, passed, failed, invalid, rows, invalidBecause} = jsonSummary(reports);
  const lines = [...Map.groupBy(rows, ({scenario}) => scenario)].flatMap(([scenario, claims]) => [
    `${scenario}: ${claims[0]?.runs} runs, ${claims[0]?.invalid} of them invalid`,
    ...claims.map(
      ({claim, bound, measured, verdict, broken}) =>
        `  ${verdict.toUpperCase().padEnd(8)}${broken > 0 ? `${broken}× ` : ''}${claim} | ${bound} | ${measured}`,
    ),
  ]);
  const reasons = invalidBecause.map(
    ({scenario, seed, reasons: why}) => `  ${scenario} seed ${seed}: ${why.join('; ')}`,
  );
  return [
    'scenario: claim | bound | measured',
    ...lines,
    ...(reasons.length > 0 ? ['invalid:', ...reasons] : []),
    `${runs} runs: ${passed} passed, ${failed} failed, ${invalid} invalid`,
    '',
  ].join('\n');
}

export function htmlSummary(reports: readonly Report[]): string {
  const {runs, passed, failed, invalid, rows, invalidBecause} = jsonSummary(reports);
  const reasons = invalidBecause.map(({scenario, seed, reasons: why}) => `${scenario} seed ${seed}: ${why.join('; ')}`);
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Chaos: ${passed} of ${runs} runs passed</title>
<style>${pageStyle}</style>
<h1>Chaos: ${passed} of ${runs} runs passed, ${failed} failed, ${invalid} proved nothing</h1>
${reasons.length > 0 ? `<h2>Proved nothing</h2>\n<ul>${reasons.map((reason) => `<li>${escaped(reason)}</li>`).join('\n')}</ul>` : ''}
<h2>Claims</h2>
<table><tr><th>scenario</th><th>claim</th><th>bound</th><th>measured</th><th>verdict</th></tr>
${rows.map((row) => `<tr><td>${escaped(row.scenario)}</td><td>${escaped(row.claim)}</td><td>${escaped(row.bound)}</td><td>${escaped(row.measured)}</td><td class="${row.verdict}">${row.verdict}</td></tr>`).join('\n')}
</table>
<h2>Runs</h2>
<table><tr><th>scenario</th><th>seed</th><th>speed</th><th>verdict</th></tr>
${reports.map(({scenario, seed, speed, verdict}) => `<tr><td><a href="${encodeURIComponent(scenario)}/${seed}.html">${escaped(scenario)}</a></td><td>${seed}</td><td>${speed}</td><td class="${verdict}">${verdict}</td></tr>`).join('\n')}
</table>
</html>
`;
}
