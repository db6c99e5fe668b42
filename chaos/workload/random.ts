/** A source of random numbers that a seed determines: the same seed gives the same run. */
export interface Random {
  /** A whole number from `min` to `max`, both included. */
  integer(min: number, max: number): number;
  /** One of the items; an item of weight 2 comes twice as often as one of weight 1. */
  weighted<Item>(items: readonly {readonly weight: number; readonly item: Item}[]): Item;
}

/** `purpose` gives each part of a run numbers of its own, so that a change of one part leaves the others as they were. */
export function seededRandom(seed: number, purpose: string): Random {
  const next = mulberry32(
    [...purpose].reduce((hash, letter) => Math.imul(hash ^ letter.charCodeAt(0), 16777619), seed),
  );
  return {
    integer: (min, max) => min + Math.floor(next() * (max - min + 1)),
    weighted(items) {
      const [first, ...rest] = items;
      if (!first) throw new Error('nothing to choose from');
      const total = items.reduce((sum, {weight}) => sum + weight, 0);
      let left = next() * total - first.weight;
      let chosen = first;
      for (const candidate of rest) {
        if (left < 0) break;
        left -= candidate.weight;
        chosen = candidate;
      }
      return chosen.item;
    },
  };
}

/** Numbers in [0, 1); Tommy Ettinger's mulberry32: 32 bits of state are plenty for a few thousand draws. */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
