import {type Random, seededRandom} from './random.ts';

/** What a user is up to; `behaviours.ts` says what each does. */
export const behaviourNames = ['honest', 'mistaken', 'double', 'retrying', 'canceling', 'late', 'guessing'] as const;
export type BehaviourName = (typeof behaviourNames)[number];

/** Who comes, how often and for how long. */
export interface Workload {
  readonly usersPerSecond: number;
  readonly durationMs: number;
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
  /** Checks at the same time (`double`), or mistakes before the right code (`mistaken`). */
  readonly count: number;
}

/** When the fault comes and how long it stays. */
export interface FaultTiming {
  /** After the start of the workload. */
  readonly startMs: Range;
  readonly holdMs: Range;
}

interface Range {
  readonly min: number;
  readonly max: number;
}

export interface RunPlan {
  readonly users: readonly UserPlan[];
  readonly faultStartMs: number;
  readonly faultHoldMs: number;
}

/** Decides the whole run: the same seed gives the same plan. */
export function planRun(workload: Workload, timing: FaultTiming, seed: number): RunPlan {
  const fault = seededRandom(seed, 'fault');
  return {
    users: planUsers(workload, seededRandom(seed, 'users')),
    faultStartMs: fault.integer(timing.startMs.min, timing.startMs.max),
    faultHoldMs: fault.integer(timing.holdMs.min, timing.holdMs.max),
  };
}

function planUsers({usersPerSecond, durationMs, mix}: Workload, random: Random): UserPlan[] {
  const choices = behaviourNames.map((item) => ({item, weight: mix[item]}));
  const count = Math.round((usersPerSecond * durationMs) / 1000);
  return Array.from({length: count}, (_, index) => {
    const behaviour = random.weighted(choices);
    return {
      name: `u${String(index).padStart(4, '0')}`,
      behaviour,
      // Who waits for the expiry comes early: the code lives through the fault, and the run need not wait for the last of them.
      startMs: random.integer(0, behaviour === 'late' ? Math.round(durationMs / 2) : durationMs),
      thinkMs: random.integer(50, 600),
      count: random.integer(1, 2),
    };
  });
}
