/** One leg of a load shape: the rate moves in a straight line to `targetPerSecond` over `durationSeconds`. */
interface Stage {
  readonly targetPerSecond: number;
  readonly durationSeconds: number;
}

/** A load shape: how many journeys start per second, and when. What a journey does is the business of `flows/`. */
export interface Profile {
  readonly name: string;
  readonly description: string;
  readonly startPerSecond: number;
  readonly stages: readonly Stage[];
  /** The run stops at the first broken objective: the shape looks for the limit and has found it. */
  readonly stopsWhenBroken: boolean;
}

/** Highest rate of the shape, in journeys per second. */
export function peakPerSecond(profile: Profile): number {
  return Math.max(profile.startPerSecond, ...profile.stages.map((stage) => stage.targetPerSecond));
}

/** The rate that the shape asks for at a moment of the run, in journeys per second. */
export function rateAt(profile: Profile, elapsedSeconds: number): number {
  let from = profile.startPerSecond;
  let left = elapsedSeconds;
  for (const {targetPerSecond, durationSeconds} of profile.stages) {
    if (left < durationSeconds) return from + (targetPerSecond - from) * (left / durationSeconds);
    left -= durationSeconds;
    from = targetPerSecond;
  }
  return from;
}

/** Length of the whole shape, in seconds. */
export function durationSeconds(profile: Profile): number {
  return profile.stages.reduce((sum, stage) => sum + stage.durationSeconds, 0);
}
