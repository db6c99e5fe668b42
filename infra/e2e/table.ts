import type {EnduranceReport} from './endure.ts';

const columns = [
  ['phase', 'phase'],
  ['s', 'seconds'],
  ['creates', 'creates'],
  ['failed', 'createFailures'],
  ['checks', 'checks'],
  ['refused for now', 'checkFailures'],
  ['reached no pod, repeated', 'unreached'],
  ['slowest create ms', 'slowestCreateMs'],
  ['slowest final answer ms', 'slowestCheckMs'],
  ['approved', 'approved'],
  ['twice', 'approvedTwice'],
  ['lost', 'lost'],
] as const;

/** The phases as a table in Markdown. */
export function tableOf({phases, skipped}: EnduranceReport): string {
  const row = (cells: readonly unknown[]) => `| ${cells.join(' | ')} |`;
  return [
    row(columns.map(([title]) => title)),
    row(columns.map(() => '-')),
    ...phases.map((phase) => row(columns.map(([, key]) => text(phase[key])))),
    ...skipped.map(({phase, why}) => `skipped: ${phase}: ${why}`),
  ].join('\n');
}

function text(value: string | number | Readonly<Record<string, number>>): string {
  if (typeof value !== 'object') return String(value);
  return (
    Object.entries(value)
      .map(([answer, count]) => `${count} × ${answer}`)
      .join(', ') || '0'
  );
}
