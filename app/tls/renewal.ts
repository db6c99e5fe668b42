import {X509Certificate} from 'node:crypto';
import {readFile} from 'node:fs/promises';
import type {Logger} from 'pino';
import {follow} from '../config/follow.ts';
import {type KeyPair, type KeyPairFiles, keyPairProblem} from './key-pair.ts';

/** A key pair, and the authorities that have to have signed the certificates of those who call; PEM. */
interface Identity extends KeyPair {
  readonly ca?: string;
}

export interface IdentityFiles extends KeyPairFiles {
  readonly caFile?: string;
}

export interface RenewalOptions {
  readonly files: IdentityFiles;
  /** What is served now. */
  readonly current: Identity;
  /** Serves with a new pair from now on, and trusts these authorities. The pair has been proved to fit together. */
  readonly apply: (identity: Identity) => void;
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
      const found = await read(files);
      if (Object.entries(found).every(([name, pem]) => served[name as keyof Identity]?.trim() === pem.trim())) return;
      apply(found);
      served = found;
      const {validTo, fingerprint256} = new X509Certificate(found.cert);
      log.info({...files, validTo, fingerprint256}, 'serving with a renewed certificate');
    },
    onProblem: (reason) => log.error({...files, reason}, 'the renewed certificate cannot be used, the old one stays'),
    ...(pollMs === undefined ? {} : {pollMs}),
  });
}

async function read({certFile, keyFile, caFile}: IdentityFiles): Promise<Identity> {
  const [cert, key] = await Promise.all([readFile(certFile, 'utf8'), readFile(keyFile, 'utf8')]);
  const problem = keyPairProblem({cert, key}, {certFile, keyFile});
  if (problem !== undefined) throw new Error(problem);
  if (caFile === undefined) return {cert, key};
  const ca = await readFile(caFile, 'utf8');
  if (!ca.includes('-----BEGIN CERTIFICATE-----')) throw new Error(`${caFile} holds no certificate in PEM`);
  return {cert, key, ca};
}
