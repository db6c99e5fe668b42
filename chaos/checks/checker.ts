import type {RecordedRun} from '../history.ts';

/** Limits that a scenario promises; all in ms unless the name says otherwise. */
export interface Bounds {
  /** Difference of clocks and transit that an expiry may be late by. */
  readonly skewMs: number;
  /** Wrong checks that one code takes. */
  readonly wrongChecksMax: number;
  /** Wrong checks that one recipient takes before the wait of `lockoutMs`: a round. */
  readonly failuresPerLockoutMax: number;
  readonly lockoutMs: number;
  /** Processes that may each grant a recipient a round of their own while the store is away: one, more where they disagree on who is there. */
  readonly ownersMax: number;
  /** Verifications that one idempotency key may get while the store is away: more than one where who is asked again cannot hear of the first. */
  readonly createdPerKeyMax: number;
  /** Whether failures may be lost that one place alone has counted: a store that comes back older, a process that dies. */
  readonly budgetsRollBack: boolean;
  /** Whether a process dies with verifications that it alone holds: nobody can serve those. */
  readonly ownerDies: boolean;
  /** Codes of one recipient that live side by side. */
  readonly pendingMax: number;
  /** Longest answer to any request, fault or not. */
  readonly answerMs: number;
  /** Until requests are served again, all of them and from the store … */
  readonly recoveryMs: number;
  /** … counted from when the fault begins (something else has to take over), or from its end (it has to be mended first). */
  readonly recoveryFrom: 'fault' | 'healing';
  /** Part of the creates during the fault that must be served, and of their checks, 0–1. */
  readonly servedShareMin: number;
  /** From the first refusal to the last, where the change was planned. */
  readonly disturbanceMs: number;
  /** From the acknowledgement until the message is there; where the fault comes between, from its end. */
  readonly deliveryMs: number;
  /**
   * A message that was acknowledged this shortly before the fault may be in the hands of a worker that lost its connection. It comes
   * when it is claimed again, which takes longer than a run: it is counted and not judged.
   */
  readonly inHandMs: number;
  /** Part of the acknowledged verifications that may be reported as lost afterwards, 0–1. */
  readonly lostShareMax: number;
  /** Whether requests may be lost on the way, because the process dies that has them in hand. */
  readonly requestsLost: boolean;
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
  /** How hard the bound was tried: of several runs the one with the most is the worst. Where there is no more or less it is missing. */
  readonly strain?: number;
  readonly violations: readonly string[];
}

/**
 * Judges a finished run. Pure: the same history gives the same finding. Takes time linear in the number of users: operations are only
 * compared with others of the same recipient or verification, of which a run of given length has a bounded number.
 */
export type Checker = (run: RecordedRun, bounds: Bounds) => Finding;

// Until every process has noticed that another has taken over.
const NOTICED_MS = 1_000;

/**
 * Until when what the old master acknowledges may be missing on the one that takes over, or is in a store that comes back as another. What
 * is acknowledged later is from where it stays, whether memory or the new master; ms since the start of the run.
 */
export function losableUntilMs({fault}: RecordedRun, {recoveryFrom}: Bounds): number {
  return recoveryFrom === 'fault' ? fault.provenMs + NOTICED_MS : fault.provenMs;
}

/** From when on everything is as before the fault: it has had the time for that, and nobody serves from memory any more. */
export function calmMs(run: RecordedRun, bounds: Bounds): number {
  return run.observations.reduce(
    (latest, {atMs, inFallback}) => (inFallback > 0 ? Math.max(latest, atMs) : latest),
    recoveredMs(run, bounds),
  );
}

/** From when on everything has to be as before the fault; ms since the start of the run. */
export function recoveredMs(
  {fault}: Pick<RecordedRun, 'fault'>,
  {recoveryFrom, recoveryMs}: Pick<Bounds, 'recoveryFrom' | 'recoveryMs'>,
): number {
  return (recoveryFrom === 'fault' ? fault.startMs : fault.healedMs) + recoveryMs;
}
