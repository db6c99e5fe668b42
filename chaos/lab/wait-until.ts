import {setTimeout as sleep} from 'node:timers/promises';

/**
 * Polls a condition.
 * @throws Error `what did not happen within … ms`, or AbortError when the run is interrupted.
 */
export async function waitUntil(
  what: string,
  timeoutMs: number,
  condition: () => Promise<boolean>,
  signal?: AbortSignal,
): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`${what} did not happen within ${timeoutMs} ms`);
    await sleep(25, undefined, signal ? {signal} : {});
  }
}
