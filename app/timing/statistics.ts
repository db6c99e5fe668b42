/** How well one of two samples of times can be told from the other. */
export interface Comparison {
  /** The chance that a time of `b` is the longer one: 0.5 tells nothing, 0 and 1 tell everything. */
  readonly longer: number;
  /** Of the hypothesis that it is 0.5 (Mann–Whitney, two-sided, normal approximation). */
  readonly pValue: number;
  /** Median of `b` less that of `a`, with what 99 % of resamples lie in. */
  readonly medianDifference: number;
  readonly interval: readonly [lowest: number, highest: number];
}

const resamples = 500;

/** Compares times, in any unit. Mann–Whitney asks for ranks alone: a few that took very long weigh no more than others. */
export function compare(a: readonly number[], b: readonly number[], random: () => number = Math.random): Comparison {
  const {u, ties} = rankSum(a, b);
  const [n, m] = [a.length, b.length];
  const total = n + m;
  const spread = Math.sqrt(((n * m) / 12) * (total + 1 - ties / (total * (total - 1))));
  const z = spread === 0 ? 0 : (u - (n * m) / 2) / spread;
  const differences = Array.from(
    {length: resamples},
    () => medianOf(resample(b, random)) - medianOf(resample(a, random)),
  );
  differences.sort((x, y) => x - y);
  const at = (share: number) => differences[Math.round(share * (resamples - 1))] ?? Number.NaN;
  return {
    longer: u / (n * m),
    pValue: Math.min(1, 2 * upperTail(Math.abs(z))),
    medianDifference: medianOf(b) - medianOf(a),
    interval: [at(0.005), at(0.995)],
  };
}

/** U: in how many pairs the time of `b` is the longer one, halves for equal ones; and the correction for ties. */
function rankSum(a: readonly number[], b: readonly number[]): {u: number; ties: number} {
  const all = [...a.map((value) => ({value, ofB: false})), ...b.map((value) => ({value, ofB: true}))];
  all.sort((x, y) => x.value - y.value);
  let rankSumOfB = 0;
  let ties = 0;
  for (let start = 0; start < all.length; ) {
    let end = start;
    while (end < all.length && all[end]?.value === all[start]?.value) end++;
    const equal = end - start;
    const rank = (start + 1 + end) / 2;
    for (const {ofB} of all.slice(start, end)) if (ofB) rankSumOfB += rank;
    ties += equal ** 3 - equal;
    start = end;
  }
  return {u: rankSumOfB - (b.length * (b.length + 1)) / 2, ties};
}

function resample(values: readonly number[], random: () => number): Float64Array {
  return Float64Array.from(values, () => values[Math.floor(random() * values.length)] ?? Number.NaN);
}

function medianOf(values: readonly number[] | Float64Array): number {
  // Of numbers, and so in a tenth of the time that an array of anything takes.
  return Float64Array.from(values).sort()[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** Of the standard normal distribution beyond z ≥ 0 (Abramowitz and Stegun 26.2.17; error below 7.5e-8). */
function upperTail(z: number): number {
  const t = 1 / (1 + 0.2316419 * z);
  const series = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * series;
}
