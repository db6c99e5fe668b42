/** When an operation is to be over, its ways over peers included. */
export interface Deadline {
  /** By `performance.now()`. */
  readonly endsAt: number;
  leftMs(): number;
}

export function startDeadline(ms: number): Deadline {
  const endsAt = performance.now() + ms;
  return {endsAt, leftMs: () => Math.max(0, Math.floor(endsAt - performance.now()))};
}
