/** `count` requests at once, and as many again in every `perSeconds`, spread evenly (GCRA). */
export interface Limit {
  readonly count: number;
  readonly perSeconds: number;
}
