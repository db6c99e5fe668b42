import {OtherLineage} from './redis-errors.ts';
import {isCertain} from './store.ts';

/** Pending codes are lost that the store may have taken over before, and approved, and may have forgotten since. */
export type Adopted = 'taken' | 'codes_lost';

export interface AdoptionSteps {
  /** The lineage of the server's data. Rejects with `StoreError` `not_executed`. */
  readonly ask: () => Promise<string>;
  /** `inDoubt`: the same may have been taken over under this lineage. Rejects with `StoreError`. */
  readonly adopt: (lineage: string, inDoubt: boolean) => Promise<Adopted>;
}

/** A server that is replaced by another one between question and hand-over is rare; twice in a row it is something else. */
const mostQuestions = 3;

/**
 * A recipient on its way to the store: sent again until it is known what has become of it. What tells a repetition lies in the
 * store's data, and is lost with them, together with what has been approved since. So each sending is meant for one lineage
 * of the data: while in doubt for the one under which it may have been taken over.
 */
export class Adoption {
  readonly #steps: AdoptionSteps;
  #doubted: string | undefined;

  constructor(steps: AdoptionSteps) {
    this.#steps = steps;
  }

  /** Whether the store may have taken it over. */
  get inDoubt(): boolean {
    return this.#doubted !== undefined;
  }

  /** Resolves when the store has taken it over, now or before. Rejects with `StoreError`. */
  async send(): Promise<Adopted> {
    for (let questions = 1; ; questions++) {
      const lineage = this.#doubted ?? (await this.#steps.ask());
      try {
        return await this.#steps.adopt(lineage, this.inDoubt);
      } catch (error) {
        if (error instanceof OtherLineage) this.#doubted = undefined;
        else if (!isCertain(error)) this.#doubted = lineage;
        if (!(error instanceof OtherLineage) || questions === mostQuestions) throw error;
      }
    }
  }
}
