import {setTimeout as delay} from 'node:timers/promises';

export interface FollowOptions {
  /** Looks whether something has changed, and takes it up. Rejects if it cannot be used as it is. */
  readonly look: () => Promise<void>;
  /** Hears why, once a reason. */
  readonly onProblem: (message: string) => void;
  /** Between two looks. @default 2000 */
  readonly pollMs?: number;
}

/**
 * Looks again and again, until it is stopped.
 *
 * Files are read and compared, instead of waiting to be told: events of a file system do not come through every mount
 * (NFS, virtiofs), and miss that Kubernetes renews by swapping the link `..data` beside the files; times of change may be
 * kept by whoever copies. Reading some kilobytes every 2 s costs nothing beside either.
 */
export function follow({look, onProblem, pollMs = 2000}: FollowOptions): {stop(): Promise<void>} {
  const stopping = new AbortController();
  // A writer of several files is always half done for a moment: only what two looks in a row find is worth a word.
  let lastProblem: string | undefined;
  let told: string | undefined;

  async function run(): Promise<void> {
    while (await pause(pollMs, stopping.signal)) {
      try {
        await look();
        lastProblem = undefined;
        told = undefined;
      } catch (error) {
        const problem = error instanceof Error ? error.message : String(error);
        if (problem !== lastProblem) lastProblem = problem;
        else if (problem !== told) {
          told = problem;
          onProblem(problem);
        }
      }
    }
  }

  const running = run();
  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

/** False if it was aborted. */
async function pause(ms: number, signal: AbortSignal): Promise<boolean> {
  return delay(ms, true, {signal, ref: false}).catch(() => false);
}
