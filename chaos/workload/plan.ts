import {type Random, seededRandom} from './random.ts';

/** What a user is up to; `behaviours.ts` says what each does. */
export const behaviourNames = [
  'honest',
  'mistaken',
  'double',
  'retrying',
  'canceling',
  'late',
  'guessing',
  'forgetful',
  'holding',
  'pouncing',
  'straddling',
  'slipping',
  'resending',
  'repeating',
] as const;
export type BehaviourName = (typeof behaviourNames)[number];

/** Who comes, and how often. */
export interface Workload {
  readonly usersPerSecond: number;
  /** How often each behaviour comes, relative to the others. */
  readonly mix: Readonly<Record<BehaviourName, number>>;
}

/** One user's part of a run; all that chance decides is decided here. */
export interface UserPlan {
  readonly name: string;
  readonly behaviour: BehaviourName;
  /** After the start of the workload. */
  readonly startMs: number;
  /** Between two steps of the user. */
  readonly thinkMs: number;
  /** Checks at the same time (`double`), or mistakes before the right code (`mistaken`), or before the first resend (`resending`). */
  readonly count: number;
  /** Whether they insist on the verification that they have while it is out of reach, rather than ask for another (`resending`). */
  readonly patient: boolean;
  /** When who holds a code until then types it in (`holding`); after the start of the workload. */
  readonly untilMs: number;
}

/** When the fault comes, how long it stays, and how long users come. */
export interface Pace {
  /** After the start of the workload. */
  readonly startMs: Range;
  /** From when the fault is seen in effect until it is healed. */
  readonly holdMs: Range;
  readonly workloadMs: number;
}

interface Range {
  readonly min: number;
  readonly max: number;
}

export interface RunPlan {
  readonly users: readonly UserPlan[];
  readonly faultStartMs: number;
  readonly faultHoldMs: number;
  readonly workloadMs: number;
}

/** Decides the whole run: the same seed gives the same plan. */
export function planRun(workload: Workload, pace: Pace, seed: number): RunPlan {
  const fault = seededRandom(seed, 'fault');
  const faultStartMs = fault.integer(pace.startMs.min, pace.startMs.max);
  const faultHoldMs = fault.integer(pace.holdMs.min, pace.holdMs.max);
  const {workloadMs} = pace;
  return {users: planUsers(workload, workloadMs, faultStartMs, seed), faultStartMs, faultHoldMs, workloadMs};
}

// Of the users that hold a code, all come to present it within so long after the fault.
const HOLDING_MS = 5_000;
// So long after the fault begins codes are still asked for that expire before the run ends.
const LATE_MS = 1_000;
// What the guesses before the fault take, and the resend between them.
const STRADDLING_MS = 1_500;

function planUsers(
  {usersPerSecond, mix}: Workload,
  workloadMs: number,
  faultStartMs: number,
  seed: number,
): UserPlan[] {
  const random = seededRandom(seed, 'users');
  const choices = behaviourNames.map((item) => ({item, weight: mix[item]}));
  const count = Math.round((usersPerSecond * workloadMs) / 1000);
  return Array.from({length: count}, (_, index) => {
    const behaviour = random.weighted(choices);
    return {
      name: `u${String(index).padStart(4, '0')}`,
      behaviour,
      startMs: startOf(behaviour, random, workloadMs, faultStartMs),
      thinkMs: random.integer(50, 600),
      count: random.integer(1, 2),
      patient: random.integer(0, 1) === 1,
      untilMs: faultStartMs + random.integer(0, HOLDING_MS),
    };
  });
}

function startOf(behaviour: BehaviourName, random: Random, workloadMs: number, faultStartMs: number): number {
  switch (behaviour) {
    case 'late':
      // Comes early: the code, from before the fault or new in it, lives through it, and the run need not wait for the last of them.
      return random.integer(0, Math.min(faultStartMs + LATE_MS, Math.round(workloadMs / 3)));
    case 'holding':
    case 'slipping':
      return random.integer(0, faultStartMs);
    case 'pouncing':
      // Half of them have their codes from before the fault, the others from wherever new ones come from while it lasts.
      return random.integer(0, random.integer(0, 1) === 0 ? faultStartMs : workloadMs);
    case 'straddling':
    case 'resending':
    case 'repeating':
      return random.integer(0, Math.max(0, faultStartMs - STRADDLING_MS));
    default:
      return random.integer(0, workloadMs);
  }
}
