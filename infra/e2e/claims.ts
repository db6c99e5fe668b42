export interface Claim {
  readonly claim: string;
  readonly ok: boolean;
  readonly seconds: number;
  /** Why it failed. */
  readonly detail?: string;
}

/** Claims in the order in which they were tried. */
export class Claims {
  readonly list: Claim[] = [];

  /** Records what `prove` shows. @throws what it throws, after recording it. */
  async prove<T>(claim: string, prove: () => T | Promise<T>): Promise<T> {
    const startedAt = performance.now();
    const seconds = () => Math.round((performance.now() - startedAt) / 100) / 10;
    try {
      const result = await prove();
      this.#add({claim, ok: true, seconds: seconds()});
      return result;
    } catch (error) {
      this.#add({claim, ok: false, seconds: seconds(), detail: error instanceof Error ? error.message : String(error)});
      throw error;
    }
  }

  /** The same for what nothing that follows depends on: a failure is recorded, and the run goes on. */
  async note(claim: string, prove: () => void | Promise<void>): Promise<void> {
    // Recorded by `prove`.
    await this.prove(claim, prove).catch(() => {});
  }

  get failed(): readonly Claim[] {
    return this.list.filter(({ok}) => !ok);
  }

  #add(claim: Claim): void {
    this.list.push(claim);
    console.log(
      `${claim.ok ? 'ok  ' : 'FAIL'} ${claim.claim} (${claim.seconds} s)${claim.detail === undefined ? '' : `\n${claim.detail}`}`,
    );
  }
}
