import type {LoadResult} from './result.ts';

/** The summary that ends a run on the terminal. */
export function textReport(result: LoadResult): string {
  const lines = [
    '',
    `${result.profile} (${result.flow}) against ${result.target}: ${result.verdict.toUpperCase()}`,
    `${result.journeys} journeys in ${result.durationSeconds} s (${result.journeysPerSecond}/s, at the end ${result.lastRatePerSecond}/s), ${result.droppedIterations} dropped`,
    '',
    ...result.objectives.map(
      ({metric, objective, measured, ok}) =>
        `  ${ok ? 'ok    ' : 'BROKEN'}  ${metric.padEnd(22)} ${objective.padEnd(14)} measured ${formatted(measured)}`,
    ),
    '',
    `  ${'ms'.padEnd(10)} ${['median', 'p95', 'p99', 'max'].map((title) => title.padStart(9)).join('')}`,
    ...Object.entries(result.latencyMs).map(
      ([name, {median, p95, p99, max}]) =>
        `  ${name.padEnd(10)} ${[median, p95, p99, max].map((value) => value.toFixed(2).padStart(9)).join('')}`,
    ),
    '',
    ...Object.entries(result.outcomes).map(
      ([flow, counts]) =>
        `  ${flow.padEnd(14)} ${Object.entries(counts)
          .map(([outcome, count]) => `${outcome} ${count}`)
          .join(', ')}`,
    ),
  ];
  return `${lines.join('\n')}\n`;
}

function formatted(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(4);
}
