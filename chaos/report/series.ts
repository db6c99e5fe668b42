import {isUnavailable, type Observation, type Operation} from '../history.ts';

/** What users were answered in one interval of `INTERVAL_MS`, by the end of the operations; the audit afterwards is left out. */
export interface Interval {
  readonly fromMs: number;
  readonly ok: number;
  /** Refused for what was asked: a wrong code, a second acceptance. */
  readonly refused: number;
  /** Refused for the state of the service, or not answered; by their codes below. */
  readonly unavailable: number;
  readonly p99Ms: number;
  readonly longestMs: number;
  /** How often each error code came. */
  readonly errors: Readonly<Record<string, number>>;
  /** Most instances that were seen to serve from memory; until the next look what the last one has shown. */
  readonly inFallback: number;
}

export const INTERVAL_MS = 250;

export function seriesOf(all: readonly Operation[], observations: readonly Observation[]): Interval[] {
  const operations = all.filter(({phase}) => phase === 'workload');
  const lastMs = operations.reduce((latest, {endMs}) => Math.max(latest, endMs), 0);
  const count = operations.length === 0 ? 0 : Math.floor(lastMs / INTERVAL_MS) + 1;
  const answered = Map.groupBy(operations, ({endMs}) => Math.floor(endMs / INTERVAL_MS));
  const seen = Map.groupBy(observations, ({atMs}) => Math.floor(atMs / INTERVAL_MS));
  let shownLast = 0;
  return Array.from({length: count}, (_, position) => {
    const shown = seen.get(position)?.map(({inFallback}) => inFallback) ?? [shownLast];
    shownLast = shown.at(-1) ?? 0;
    return intervalOf(position * INTERVAL_MS, answered.get(position) ?? [], Math.max(...shown));
  });
}

function intervalOf(fromMs: number, operations: readonly Operation[], inFallback: number): Interval {
  const unavailable = operations.filter(isUnavailable).length;
  const ok = operations.filter(({outcome}) => outcome === 'ok').length;
  const tookMs = operations.map(({startMs, endMs}) => endMs - startMs).toSorted((a, b) => a - b);
  return {
    fromMs,
    ok,
    unavailable,
    refused: operations.length - ok - unavailable,
    p99Ms: Math.round(tookMs[Math.ceil(tookMs.length * 0.99) - 1] ?? 0),
    longestMs: Math.round(tookMs.at(-1) ?? 0),
    errors: countBy(operations, ({errorCode}) => errorCode),
    inFallback,
  };
}

/** How many there are of each name; those without one are left out. */
export function countBy<Item>(
  items: readonly Item[],
  nameOf: (item: Item) => string | undefined,
): Record<string, number> {
  const counts = new Map<string, number>();
  for (const item of items) {
    const name = nameOf(item);
    if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return Object.fromEntries([...counts].toSorted());
}
