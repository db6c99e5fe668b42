import {X509Certificate} from 'node:crypto';
import {readFile} from 'node:fs/promises';
import {setTimeout as delay} from 'node:timers/promises';
import type {Logger} from 'pino';
import {type KeyPair, type KeyPairFiles, keyPairProblem} from './key-pair.ts';

export interface RenewalOptions {
  readonly files: KeyPairFiles;
  /** What is served now. */
  readonly current: KeyPair;
  /** Serves with a new pair from now on. It has been proved to fit together. */
  readonly apply: (pair: KeyPair) => void;
  readonly log: Logger;
  /** Between two looks at the files. @default 2000 */
  readonly pollMs?: number;
}

/** Looks at the files until it is stopped. */
export interface Renewal {
  stop(): Promise<void>;
}

/**
 * Serves with a renewed certificate as soon as its files hold a whole one; until then, and whenever they hold something
 * else, the old one stays.
 *
 * It reads and compares the files instead of waiting to be told: events of a file system do not come through every
 * mount (NFS, virtiofs), and miss that Kubernetes renews by swapping the link `..data` beside the files; times of
 * change may be kept by whoever copies. Reading some kilobytes every 2 s costs nothing beside either.
 */
export function followRenewals({files, current, apply, log, pollMs = 2000}: RenewalOptions): Renewal {
  const stopping = new AbortController();
  let served = current;
  // A writer of two files is always half done for a moment: only what two looks in a row find is worth a word.
  let lastProblem: string | undefined;
  let told: string | undefined;

  async function look(): Promise<void> {
    const {pair, problem} = await read(files);
    if (problem === undefined) {
      lastProblem = undefined;
      told = undefined;
      if (pair.cert === served.cert && pair.key === served.key) return;
      apply(pair);
      served = pair;
      const {validTo, fingerprint256} = new X509Certificate(pair.cert);
      log.info({...files, validTo, fingerprint256}, 'serving with a renewed certificate');
    } else if (problem !== lastProblem) {
      lastProblem = problem;
    } else if (problem !== told) {
      told = problem;
      log.error({...files, reason: problem}, 'the renewed certificate cannot be used, the old one stays');
    }
  }

  async function run(): Promise<void> {
    while (await pause(pollMs, stopping.signal))
      await look().catch((err) =>
        log.error({err, ...files}, 'the renewed certificate cannot be used, the old one stays'),
      );
  }

  const running = run();
  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

async function read(
  files: KeyPairFiles,
): Promise<
  {readonly pair: KeyPair; readonly problem?: undefined} | {readonly pair?: undefined; readonly problem: string}
> {
  try {
    const [cert, key] = await Promise.all([readFile(files.certFile, 'utf8'), readFile(files.keyFile, 'utf8')]);
    const pair = {cert, key};
    const problem = keyPairProblem(pair, files);
    return problem === undefined ? {pair} : {problem};
  } catch (error) {
    return {problem: error instanceof Error ? error.message : String(error)};
  }
}

/** False if it was aborted. */
async function pause(ms: number, signal: AbortSignal): Promise<boolean> {
  return delay(ms, true, {signal, ref: false}).catch(() => false);
}
