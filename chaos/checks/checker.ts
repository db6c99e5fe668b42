import type {RecordedRun} from '../history.ts';

/** Limits that a scenario promises; all in ms unless the name says otherwise. */
export interface Bounds {
  /** Difference of clocks and transit that an expiry may be late by. */
  readonly skewMs: number;
  /** Wrong checks that one code takes. */
  readonly wrongChecksMax: number;
  /** Wrong checks that one recipient takes before the wait of `lockoutMs`. */
  readonly failuresPerLockoutMax: number;
  readonly lockoutMs: number;
  /** Longest answer to any request, fault or not. */
  readonly answerMs: number;
  /** From the end of the fault until requests are served again. */
  readonly recoveryMs: number;
  /** From the acknowledgement until the message is there; where the fault comes between, from its end. */
  readonly deliveryMs: number;
  /**
   * A message that was acknowledged this shortly before the fault may be in the hands of a worker that lost its connection. It comes
   * when it is claimed again, which takes longer than a run: it is counted and not judged.
   */
  readonly inHandMs: number;
  /** Part of the acknowledged verifications that may be reported as lost afterwards, 0–1. */
  readonly lostShareMax: number;
}

/** What a checker found. The claim holds when there is no violation. */
export interface Finding {
  readonly claim: string;
  /** `time`: how fast something happened. What holds on any machine, however slow, is `order`. */
  readonly about: 'order' | 'time';
  /** What was promised, with its unit. */
  readonly bound: string;
  /** What was seen, with its unit; also says how much there was to see. */
  readonly measured: string;
  readonly violations: readonly string[];
}

/** Judges a finished run. Pure: the same history gives the same finding. */
export type Checker = (run: RecordedRun, bounds: Bounds) => Finding;
