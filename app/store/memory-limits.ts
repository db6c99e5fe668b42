import type {MemoryCollections} from './memory-collections.ts';
import type {CreateOutcome, RateLimit, RateLimitState} from './store.ts';

/** Charges each limit (GCRA) in turn; the first that has nothing left refuses. The counterpart of `scripts/parts/limit.lua`. */
export function charge(
  records: MemoryCollections,
  limits: readonly RateLimit[],
  at: number,
): RateLimitState[] | Extract<CreateOutcome, {kind: 'rate_limited'}> {
  const {limits: emptyInstants} = records;
  const states: RateLimitState[] = [];
  for (const [index, {tag, count, periodMs}] of limits.entries()) {
    const emptyAt = Math.max(emptyInstants.get(tag) ?? 0, at) + periodMs / count;
    if (emptyAt - at > periodMs) return {kind: 'rate_limited', at, until: Math.ceil(emptyAt - periodMs), limit: index};
    if (!emptyInstants.has(tag)) records.endAt('limits', tag, Math.ceil(emptyAt));
    emptyInstants.set(tag, emptyAt);
    states.push({
      remaining: Math.floor(((periodMs - (emptyAt - at)) * count) / periodMs),
      resetAt: Math.ceil(emptyAt),
    });
  }
  return states;
}
