/** How long to wait before another attempt, in ms: full jitter over a window that doubles with each attempt, from 0 on. */
export function backoffMs(
  attempt: number,
  {firstMs, maxMs}: {readonly firstMs: number; readonly maxMs: number},
  random: () => number = Math.random,
): number {
  return random() * Math.min(firstMs * 2 ** Math.max(0, Math.min(attempt, 30)), maxMs);
}
