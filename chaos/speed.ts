export const speeds = ['compressed', 'production'] as const;
/**
 * `production`: the time-outs that run in production. `compressed`: the least that the sentinels' fixed periods allow and short faults, so
 * that a run takes less than half a minute and many seeds are tried.
 */
export type Speed = (typeof speeds)[number];

/** What sentinels wait before they hold an instance for down, in ms. 3 s are three missed pings; pings come every second. */
export const downAfterMs: Readonly<Record<Speed, number>> = {compressed: 1_100, production: 3_000};
