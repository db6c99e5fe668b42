import type {Report} from './report.ts';

const VIOLATIONS_SHOWN = 5;

/** The result of a run on the terminal; all of the violations are in the JSON report. */
export function textReport(report: Report): string {
  const {scenario, seed, executor, speed, verdict, claims, invalidBecause, violations} = report;
  const shown = violations.slice(0, VIOLATIONS_SHOWN).map(({what}) => `    - ${what}`);
  const more = violations.length - shown.length;
  return [
    `${scenario} seed ${seed} (${executor}, ${speed}): ${verdict.toUpperCase()}`,
    ...invalidBecause.map((reason) => `  invalid: ${reason}`),
    ...claims.map(
      ({ok, claim, bound, measured}) =>
        `  ${ok ? 'ok  ' : 'FAIL'} ${claim}\n       bound ${bound}; measured: ${measured}`,
    ),
    ...(violations.length > 0 ? ['  violations:', ...shown] : []),
    ...(more > 0 ? [`    … and ${more} more`] : []),
    '',
  ].join('\n');
}
