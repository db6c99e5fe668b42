import type {KeyObject} from 'node:crypto';
import {macOf} from './mac.ts';

/** The number of partitions is part of every stored key's name: it never changes. */
export const partitionCount = 64;

export const partitions: readonly number[] = Array.from({length: partitionCount}, (_, partition) => partition);

/** Where the records of a recipient lie. It tells nobody who the recipient is. */
export interface Pseudonym {
  /** One tag for client × policy × recipient: 12 bytes, too many for two recipients to meet (2^48 recipients for even odds). */
  readonly tag: Buffer;
  /** 0 to 63, the same for all policies of a client, so that all of a recipient's records lie together. */
  readonly partition: number;
}

/** `canonical` is the one spelling of the recipient that all others fold to. */
export function pseudonymOf(key: KeyObject, client: string, policy: string, canonical: string): Pseudonym {
  return {
    tag: macOf(key, 'recipient', client, policy, canonical).subarray(0, 12),
    partition: macOf(key, 'partition', client, canonical).readUInt8(0) % partitionCount,
  };
}
