/** Moments of a fault: just before something is broken, when it is seen to be, when it answers again. */
export type Moment = 'breaking' | 'broken' | 'healed';

/** Lets users act at a moment that the fault decides, and not the clock. */
export class Cues {
  readonly #waiting = new Map<Moment, PromiseWithResolvers<void>>();

  /** Whoever waits for this moment goes on. */
  give(moment: Moment): void {
    this.#waiting.get(moment)?.resolve();
    this.#waiting.delete(moment);
  }

  /** Resolves when one of these moments comes. */
  async next(...moments: readonly Moment[]): Promise<void> {
    await Promise.race(moments.map((moment) => this.#cue(moment)));
  }

  #cue(moment: Moment): Promise<void> {
    const cue = this.#waiting.get(moment) ?? Promise.withResolvers<void>();
    this.#waiting.set(moment, cue);
    return cue.promise;
  }
}
