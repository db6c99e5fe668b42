import {setTimeout as delay} from 'node:timers/promises';

/** Waits until `read` gives something that is neither undefined nor false; fails after `limitMs`. */
export async function until<T>(
  what: string,
  read: () => T | undefined | false | Promise<T | undefined | false>,
  limitMs = 30_000,
): Promise<T> {
  const giveUpAt = performance.now() + limitMs;
  for (;;) {
    const value = await read();
    if (value !== undefined && value !== false) return value;
    if (performance.now() > giveUpAt) throw new Error(`waited ${limitMs} ms in vain: ${what}`);
    await delay(10);
  }
}

/** Whether what is under way ends well: how a test asks whether something is there yet. */
export function succeeds(running: Promise<unknown>): Promise<boolean> {
  return running.then(
    () => true,
    () => false,
  );
}
