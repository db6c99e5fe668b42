import {X509Certificate} from 'node:crypto';
import {readFile} from 'node:fs/promises';
import type {Logger} from 'pino';
import {follow} from '../config/follow.ts';
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
 */
export function followRenewals({files, current, apply, log, pollMs}: RenewalOptions): Renewal {
  let served = current;
  return follow({
    async look() {
      const pair = await read(files);
      if (pair.cert === served.cert && pair.key === served.key) return;
      apply(pair);
      served = pair;
      const {validTo, fingerprint256} = new X509Certificate(pair.cert);
      log.info({...files, validTo, fingerprint256}, 'serving with a renewed certificate');
    },
    onProblem: (reason) => log.error({...files, reason}, 'the renewed certificate cannot be used, the old one stays'),
    ...(pollMs === undefined ? {} : {pollMs}),
  });
}

async function read(files: KeyPairFiles): Promise<KeyPair> {
  const [cert, key] = await Promise.all([readFile(files.certFile, 'utf8'), readFile(files.keyFile, 'utf8')]);
  const problem = keyPairProblem({cert, key}, files);
  if (problem !== undefined) throw new Error(problem);
  return {cert, key};
}
