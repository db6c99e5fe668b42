import {createHash} from 'node:crypto';
import {readFile} from 'node:fs/promises';
import {follow} from './follow.ts';

export interface SecretFilesOptions {
  readonly files: readonly string[];
  /** Takes up what the files hold now. Rejects, and has then changed nothing, if that cannot be used. */
  readonly takeUp: () => Promise<void>;
  /** Hears of what cannot be used, once; the message names files and settings, and holds no secret. */
  readonly onProblem: (message: string) => void;
  /** Between two looks at the files. @default 2000 */
  readonly pollMs?: number;
}

/**
 * Has secrets taken up as soon as their files have changed, all of them together, so that a rotation restarts nothing.
 * Until all can be used, and whenever one cannot, the old ones stay. Stop it before what `takeUp` changes is closed.
 */
export async function followSecretFiles({
  files,
  takeUp,
  onProblem,
  pollMs,
}: SecretFilesOptions): Promise<{stop(): Promise<void>}> {
  // Whoever keeps the contents to compare them keeps secrets that may have been rotated away.
  let taken = await digestOf(files).catch(() => undefined);
  return follow({
    async look() {
      const found = await digestOf(files);
      if (found === taken) return;
      await takeUp();
      taken = found;
    },
    onProblem,
    ...(pollMs === undefined ? {} : {pollMs}),
  });
}

async function digestOf(files: readonly string[]): Promise<string> {
  const digests = await Promise.all(
    files.map(async (file) =>
      createHash('sha256')
        .update(await readFile(file))
        .digest('hex'),
    ),
  );
  return digests.join(' ');
}
